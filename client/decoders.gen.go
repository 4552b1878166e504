// Code generated from openapi.yaml. DO NOT EDIT.

package client

import (
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
)

var fieldsOfArtifact = []string{"id", "title", "content", "file_extension", "llm_name", "llm_provider", "date_created", "date_updated", "metadata", "username", "session_id", "current_version_number", "version_count"}

func (m *Artifact) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfArtifact...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // title
			m.Title = d.String()
		case 2: // content
			m.Content = d.String()
		case 3: // file_extension
			m.FileExtension = d.String()
		case 4: // llm_name
			m.LLMName = d.String()
		case 5: // llm_provider
			m.LLMProvider = d.String()
		case 6: // date_created
			m.DateCreated = readTime(d)
		case 7: // date_updated
			m.DateUpdated = readTime(d)
		case 8: // metadata
			m.Metadata = d.Raw()
		case 9: // username
			m.Username = d.String()
		case 10: // session_id
			m.SessionID = scan.Pointer(d, (*scan.Decoder).String)
		case 11: // current_version_number
			m.CurrentVersionNumber = d.Int64()
		case 12: // version_count
			m.VersionCount = d.Int64()
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *Artifact) UnmarshalJSON(data []byte) error {
	*m = Artifact{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m Artifact) MarshalJSON() ([]byte, error) {
	type fields Artifact
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfArtifactVersion = []string{"id", "artifact", "title", "content", "session_id", "content_length", "is_current", "chat_message", "version_number", "date_created", "created_by", "change_summary", "interface"}

func (m *ArtifactVersion) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfArtifactVersion...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // artifact
			m.Artifact = Artifact{}
			m.Artifact.decode(d)
		case 2: // title
			m.Title = d.String()
		case 3: // content
			m.Content = d.String()
		case 4: // session_id
			m.SessionID = d.String()
		case 5: // content_length
			m.ContentLength = d.Int64()
		case 6: // is_current
			m.IsCurrent = d.Bool()
		case 7: // chat_message
			m.ChatMessage = scan.Pointer(d, (*scan.Decoder).Int64)
		case 8: // version_number
			m.VersionNumber = d.Int64()
		case 9: // date_created
			m.DateCreated = readTime(d)
		case 10: // created_by
			m.CreatedBy = d.String()
		case 11: // change_summary
			m.ChangeSummary = d.String()
		case 12: // interface
			m.Interface = ChatInterface(d.String())
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *ArtifactVersion) UnmarshalJSON(data []byte) error {
	*m = ArtifactVersion{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m ArtifactVersion) MarshalJSON() ([]byte, error) {
	type fields ArtifactVersion
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfCallConfiguration = []string{"id", "mentor", "mode", "tts_provider", "stt_provider", "llm_provider", "language", "use_function_calling_for_rag", "google_voice", "openai_voice", "openai_voice_id", "google_voice_id", "enable_video", "screensharing_system_prompt", "screensharing_proactive_prompt", "platform_key"}

func (m *CallConfiguration) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfCallConfiguration...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // mentor
			m.Mentor = d.String()
		case 2: // mode
			m.Mode = CallConfigurationMode(d.String())
		case 3: // tts_provider
			m.TTSProvider = TTSProvider(d.String())
		case 4: // stt_provider
			m.STTProvider = STTProvider(d.String())
		case 5: // llm_provider
			m.LLMProvider = LLMProvider(d.String())
		case 6: // language
			m.Language = d.String()
		case 7: // use_function_calling_for_rag
			m.UseFunctionCallingForRAG = d.Bool()
		case 8: // google_voice
			m.GoogleVoice = Voice{}
			m.GoogleVoice.decode(d)
		case 9: // openai_voice
			m.OpenAIVoice = Voice{}
			m.OpenAIVoice.decode(d)
		case 10: // openai_voice_id
			m.OpenAIVoiceID = scan.Pointer(d, (*scan.Decoder).Int64)
		case 11: // google_voice_id
			m.GoogleVoiceID = scan.Pointer(d, (*scan.Decoder).Int64)
		case 12: // enable_video
			m.EnableVideo = d.Bool()
		case 13: // screensharing_system_prompt
			m.ScreensharingSystemPrompt = d.String()
		case 14: // screensharing_proactive_prompt
			m.ScreensharingProactivePrompt = d.String()
		case 15: // platform_key
			m.PlatformKey = d.String()
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *CallConfiguration) UnmarshalJSON(data []byte) error {
	*m = CallConfiguration{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m CallConfiguration) MarshalJSON() ([]byte, error) {
	type fields CallConfiguration
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfChatMessage = []string{"id", "message", "inserted_at", "title", "feedback", "document_sources", "files", "artifact_versions"}

func (m *ChatMessage) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfChatMessage...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // message
			m.Message = d.Raw()
		case 2: // inserted_at
			m.InsertedAt = readTime(d)
		case 3: // title
			m.Title = scan.Pointer(d, (*scan.Decoder).String)
		case 4: // feedback
			m.Feedback = d.Raw()
		case 5: // document_sources
			m.DocumentSources = d.Raw()
		case 6: // files
			m.Files = d.Raw()
		case 7: // artifact_versions
			m.ArtifactVersions = scan.Objects(d, (*ArtifactVersion).decode)
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *ChatMessage) UnmarshalJSON(data []byte) error {
	*m = ChatMessage{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m ChatMessage) MarshalJSON() ([]byte, error) {
	type fields ChatMessage
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfCrontabSchedule = []string{"minute", "hour", "day_of_week", "day_of_month", "month_of_year"}

func (m *CrontabSchedule) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfCrontabSchedule...) {
		switch field {
		case 0: // minute
			m.Minute = d.String()
		case 1: // hour
			m.Hour = d.String()
		case 2: // day_of_week
			m.DayOfWeek = d.String()
		case 3: // day_of_month
			m.DayOfMonth = d.String()
		case 4: // month_of_year
			m.MonthOfYear = d.String()
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *CrontabSchedule) UnmarshalJSON(data []byte) error {
	*m = CrontabSchedule{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m CrontabSchedule) MarshalJSON() ([]byte, error) {
	type fields CrontabSchedule
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfMCPServer = []string{"id", "platform", "mentor", "owner", "name", "description", "url", "image", "transport", "credentials", "headers", "extra_headers", "platform_key", "is_featured", "auth_type", "auth_scope", "oauth_service", "oauth_service_data", "mcp_server_connections", "is_enabled", "created_at", "updated_at"}

func (m *MCPServer) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfMCPServer...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // platform
			m.Platform = d.Int64()
		case 2: // mentor
			m.Mentor = scan.Pointer(d, (*scan.Decoder).String)
		case 3: // owner
			m.Owner = scan.Pointer(d, (*scan.Decoder).String)
		case 4: // name
			m.Name = d.String()
		case 5: // description
			m.Description = d.String()
		case 6: // url
			m.URL = d.String()
		case 7: // image
			m.Image = scan.Pointer(d, (*scan.Decoder).String)
		case 8: // transport
			m.Transport = MCPTransport(d.String())
		case 9: // credentials
			m.Credentials = readSecret(d)
		case 10: // headers
			m.Headers = readSecret(d)
		case 11: // extra_headers
			m.ExtraHeaders = readSecret(d)
		case 12: // platform_key
			m.PlatformKey = d.String()
		case 13: // is_featured
			m.IsFeatured = d.Bool()
		case 14: // auth_type
			m.AuthType = MCPAuthType(d.String())
		case 15: // auth_scope
			m.AuthScope = MCPAuthScope(d.String())
		case 16: // oauth_service
			m.OAuthService = scan.Pointer(d, (*scan.Decoder).Int64)
		case 17: // oauth_service_data
			m.OAuthServiceData = OAuthService{}
			m.OAuthServiceData.decode(d)
		case 18: // mcp_server_connections
			m.MCPServerConnections = readSecret(d)
		case 19: // is_enabled
			m.IsEnabled = d.Bool()
		case 20: // created_at
			m.CreatedAt = readTime(d)
		case 21: // updated_at
			m.UpdatedAt = readTime(d)
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *MCPServer) UnmarshalJSON(data []byte) error {
	*m = MCPServer{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m MCPServer) MarshalJSON() ([]byte, error) {
	type fields MCPServer
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfMentor = []string{"id", "name", "unique_id", "flow", "slug", "platform", "allow_anonymous", "enable_offline_mode", "metadata", "enable_moderation", "enable_multi_query_rag", "enable_prompt_caching", "enable_post_processing_system", "enable_openai_assistant", "enable_total_grounding", "enable_suggested_prompts", "enable_guided_prompts", "save_flagged_prompts", "guided_prompt_instructions", "google_voice", "openai_voice", "categories", "types", "is_featured", "subjects", "proactive_prompt", "study_mode_prompt", "disclaimer", "enable_disclaimer", "show_attachment", "show_voice_call", "show_voice_record", "show_rag_images", "starter_prompts", "embed_is_context_aware", "embed_open_by_default", "embed_show_attachment", "embed_show_voice_call", "embed_show_voice_record", "show_explore_mentors", "embed_icon_selection_data", "placeholder_prompt", "moderation_system_prompt", "post_processing_prompt", "moderation_response", "safety_system_prompt", "safety_response", "enable_safety_system", "proactive_response", "greeting_method", "call_configuration", "mcp_servers", "last_accessed_by", "recently_accessed_at", "created_by", "created_at", "updated_at"}

func (m *Mentor) decode(d *scan.Decoder) {
	switch d.Kind() {
	case scan.KindString:
		m.UniqueID = d.String()
		return
	case scan.KindNumber:
		m.ID = d.Int64()
		return
	}
	for field := range d.Fields(&m.Unknown, fieldsOfMentor...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // name
			m.Name = d.String()
		case 2: // unique_id
			m.UniqueID = d.String()
		case 3: // flow
			m.Flow = d.Raw()
		case 4: // slug
			m.Slug = d.String()
		case 5: // platform
			m.Platform = d.String()
		case 6: // allow_anonymous
			m.AllowAnonymous = d.Bool()
		case 7: // enable_offline_mode
			m.EnableOfflineMode = d.Bool()
		case 8: // metadata
			m.Metadata = d.Raw()
		case 9: // enable_moderation
			m.EnableModeration = d.Bool()
		case 10: // enable_multi_query_rag
			m.EnableMultiQueryRAG = d.Bool()
		case 11: // enable_prompt_caching
			m.EnablePromptCaching = d.Bool()
		case 12: // enable_post_processing_system
			m.EnablePostProcessingSystem = d.Bool()
		case 13: // enable_openai_assistant
			m.EnableOpenAIAssistant = d.Bool()
		case 14: // enable_total_grounding
			m.EnableTotalGrounding = d.Bool()
		case 15: // enable_suggested_prompts
			m.EnableSuggestedPrompts = d.Bool()
		case 16: // enable_guided_prompts
			m.EnableGuidedPrompts = d.Bool()
		case 17: // save_flagged_prompts
			m.SaveFlaggedPrompts = d.Bool()
		case 18: // guided_prompt_instructions
			m.GuidedPromptInstructions = d.String()
		case 19: // google_voice
			m.GoogleVoice = scan.Pointer(d, (*scan.Decoder).Int64)
		case 20: // openai_voice
			m.OpenAIVoice = scan.Pointer(d, (*scan.Decoder).Int64)
		case 21: // categories
			m.Categories = scan.Objects(d, (*MentorCategory).decode)
		case 22: // types
			m.Types = scan.Objects(d, (*MentorType).decode)
		case 23: // is_featured
			m.IsFeatured = d.Bool()
		case 24: // subjects
			m.Subjects = scan.Objects(d, (*Subject).decode)
		case 25: // proactive_prompt
			m.ProactivePrompt = d.String()
		case 26: // study_mode_prompt
			m.StudyModePrompt = d.String()
		case 27: // disclaimer
			m.Disclaimer = d.String()
		case 28: // enable_disclaimer
			m.EnableDisclaimer = d.Bool()
		case 29: // show_attachment
			m.ShowAttachment = d.Bool()
		case 30: // show_voice_call
			m.ShowVoiceCall = d.Bool()
		case 31: // show_voice_record
			m.ShowVoiceRecord = d.Bool()
		case 32: // show_rag_images
			m.ShowRAGImages = d.Bool()
		case 33: // starter_prompts
			m.StarterPrompts = StarterPrompts(d.String())
		case 34: // embed_is_context_aware
			m.EmbedIsContextAware = d.Bool()
		case 35: // embed_open_by_default
			m.EmbedOpenByDefault = d.Bool()
		case 36: // embed_show_attachment
			m.EmbedShowAttachment = d.Bool()
		case 37: // embed_show_voice_call
			m.EmbedShowVoiceCall = d.Bool()
		case 38: // embed_show_voice_record
			m.EmbedShowVoiceRecord = d.Bool()
		case 39: // show_explore_mentors
			m.ShowExploreMentors = d.Bool()
		case 40: // embed_icon_selection_data
			m.EmbedIconSelectionData = d.Raw()
		case 41: // placeholder_prompt
			m.PlaceholderPrompt = d.String()
		case 42: // moderation_system_prompt
			m.ModerationSystemPrompt = d.String()
		case 43: // post_processing_prompt
			m.PostProcessingPrompt = d.String()
		case 44: // moderation_response
			m.ModerationResponse = d.String()
		case 45: // safety_system_prompt
			m.SafetySystemPrompt = d.String()
		case 46: // safety_response
			m.SafetyResponse = d.String()
		case 47: // enable_safety_system
			m.EnableSafetySystem = d.Bool()
		case 48: // proactive_response
			m.ProactiveResponse = d.String()
		case 49: // greeting_method
			m.GreetingMethod = GreetingMethod(d.String())
		case 50: // call_configuration
			m.CallConfiguration = CallConfiguration{}
			m.CallConfiguration.decode(d)
		case 51: // mcp_servers
			m.MCPServers = scan.Objects(d, (*MCPServer).decode)
		case 52: // last_accessed_by
			m.LastAccessedBy = scan.Pointer(d, (*scan.Decoder).Int64)
		case 53: // recently_accessed_at
			m.RecentlyAccessedAt = scan.Pointer(d, readTime)
		case 54: // created_by
			m.CreatedBy = scan.Pointer(d, (*scan.Decoder).String)
		case 55: // created_at
			m.CreatedAt = scan.Pointer(d, readTime)
		case 56: // updated_at
			m.UpdatedAt = scan.Pointer(d, readTime)
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *Mentor) UnmarshalJSON(data []byte) error {
	*m = Mentor{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m Mentor) MarshalJSON() ([]byte, error) {
	type fields Mentor
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfMentorAudience = []string{"id", "name", "description"}

func (m *MentorAudience) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfMentorAudience...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // name
			m.Name = d.String()
		case 2: // description
			m.Description = scan.Pointer(d, (*scan.Decoder).String)
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *MentorAudience) UnmarshalJSON(data []byte) error {
	*m = MentorAudience{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m MentorAudience) MarshalJSON() ([]byte, error) {
	type fields MentorAudience
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfMentorCategory = []string{"id", "name", "description", "category_group", "audience", "audiences"}

func (m *MentorCategory) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfMentorCategory...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // name
			m.Name = d.String()
		case 2: // description
			m.Description = scan.Pointer(d, (*scan.Decoder).String)
		case 3: // category_group
			m.CategoryGroup = scan.Pointer(d, (*scan.Decoder).Int64)
		case 4: // audience
			m.Audience = MentorAudience{}
			m.Audience.decode(d)
		case 5: // audiences
			m.Audiences = scan.Objects(d, (*MentorAudience).decode)
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *MentorCategory) UnmarshalJSON(data []byte) error {
	*m = MentorCategory{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m MentorCategory) MarshalJSON() ([]byte, error) {
	type fields MentorCategory
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfMentorType = []string{"id", "name", "description"}

func (m *MentorType) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfMentorType...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // name
			m.Name = d.String()
		case 2: // description
			m.Description = scan.Pointer(d, (*scan.Decoder).String)
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *MentorType) UnmarshalJSON(data []byte) error {
	*m = MentorType{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m MentorType) MarshalJSON() ([]byte, error) {
	type fields MentorType
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfOAuthService = []string{"id", "oauth_provider", "oauth_provider_id", "name", "display_name", "description", "scope", "image", "created_at", "updated_at"}

func (m *OAuthService) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfOAuthService...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // oauth_provider
			m.OAuthProvider = d.String()
		case 2: // oauth_provider_id
			m.OAuthProviderID = scan.Pointer(d, (*scan.Decoder).Int64)
		case 3: // name
			m.Name = d.String()
		case 4: // display_name
			m.DisplayName = d.String()
		case 5: // description
			m.Description = d.String()
		case 6: // scope
			m.Scope = d.String()
		case 7: // image
			m.Image = scan.Pointer(d, (*scan.Decoder).String)
		case 8: // created_at
			m.CreatedAt = readTime(d)
		case 9: // updated_at
			m.UpdatedAt = readTime(d)
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *OAuthService) UnmarshalJSON(data []byte) error {
	*m = OAuthService{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m OAuthService) MarshalJSON() ([]byte, error) {
	type fields OAuthService
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfPeriodicAgent = []string{"id", "mentor", "title", "username", "description", "prompt", "task", "created_at", "modified_at", "enabled", "one_off", "platform_key", "pathway", "callback_url", "callback_secret", "parent_session_id", "parent_mentor_id", "previous_agent", "previous_agent_status", "previous_agent_output"}

func (m *PeriodicAgent) decode(d *scan.Decoder) {
	found := false
	for field := range d.Fields(&m.Unknown, fieldsOfPeriodicAgent...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
			found = d.Found()
		case 1: // mentor
			m.Mentor = Mentor{}
			m.Mentor.decode(d)
		case 2: // title
			m.Title = d.String()
		case 3: // username
			m.Username = d.String()
		case 4: // description
			m.Description = d.String()
		case 5: // prompt
			m.Prompt = d.String()
		case 6: // task
			m.Task = PeriodicTask{}
			m.Task.decode(d)
		case 7: // created_at
			m.CreatedAt = readTime(d)
		case 8: // modified_at
			m.ModifiedAt = readTime(d)
		case 9: // enabled
			m.Enabled = d.Bool()
		case 10: // one_off
			m.OneOff = d.Bool()
		case 11: // platform_key
			m.PlatformKey = d.String()
		case 12: // pathway
			m.Pathway = d.String()
		case 13: // callback_url
			m.CallbackURL = d.String()
		case 14: // callback_secret
			m.CallbackSecret = readSecret(d)
		case 15: // parent_session_id
			m.ParentSessionID = d.String()
		case 16: // parent_mentor_id
			m.ParentMentorID = scan.Pointer(d, (*scan.Decoder).Int64)
		case 17: // previous_agent
			m.PreviousAgent = scan.Pointer(d, (*scan.Decoder).Int64)
		case 18: // previous_agent_status
			m.PreviousAgentStatus = api.Status(d.String())
		case 19: // previous_agent_output
			m.PreviousAgentOutput = d.String()
		default:
			d.Keep()
		}
	}
	d.RequireFound(found, "id")
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *PeriodicAgent) UnmarshalJSON(data []byte) error {
	*m = PeriodicAgent{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m PeriodicAgent) MarshalJSON() ([]byte, error) {
	type fields PeriodicAgent
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfPeriodicAgentLog = []string{"id", "content", "status", "start_time", "end_time", "created_at", "modified_at", "periodic_agent"}

func (m *PeriodicAgentLog) decode(d *scan.Decoder) {
	found := false
	for field := range d.Fields(&m.Unknown, fieldsOfPeriodicAgentLog...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
			found = d.Found()
		case 1: // content
			m.Content = d.String()
		case 2: // status
			m.Status = api.Status(d.String())
		case 3: // start_time
			m.StartTime = readTime(d)
		case 4: // end_time
			m.EndTime = scan.Pointer(d, readTime)
		case 5: // created_at
			m.CreatedAt = readTime(d)
		case 6: // modified_at
			m.ModifiedAt = readTime(d)
		case 7: // periodic_agent
			m.PeriodicAgent = d.Int64()
		default:
			d.Keep()
		}
	}
	d.RequireFound(found, "id")
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *PeriodicAgentLog) UnmarshalJSON(data []byte) error {
	*m = PeriodicAgentLog{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m PeriodicAgentLog) MarshalJSON() ([]byte, error) {
	type fields PeriodicAgentLog
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfPeriodicAgentStatistics = []string{"total_tasks", "succeeded_tasks", "failed_tasks", "running_tasks", "pending_tasks"}

func (m *PeriodicAgentStatistics) decode(d *scan.Decoder) {
	found := false
	for field := range d.Fields(&m.Unknown, fieldsOfPeriodicAgentStatistics...) {
		switch field {
		case 0: // total_tasks
			m.TotalTasks = d.Int64()
			found = found || d.Found()
		case 1: // succeeded_tasks
			m.SucceededTasks = d.Int64()
			found = found || d.Found()
		case 2: // failed_tasks
			m.FailedTasks = d.Int64()
			found = found || d.Found()
		case 3: // running_tasks
			m.RunningTasks = d.Int64()
			found = found || d.Found()
		case 4: // pending_tasks
			m.PendingTasks = d.Int64()
			found = found || d.Found()
		default:
			d.Keep()
		}
	}
	d.RequireFound(found, "total_tasks", "succeeded_tasks", "failed_tasks", "running_tasks", "pending_tasks")
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *PeriodicAgentStatistics) UnmarshalJSON(data []byte) error {
	*m = PeriodicAgentStatistics{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m PeriodicAgentStatistics) MarshalJSON() ([]byte, error) {
	type fields PeriodicAgentStatistics
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfPeriodicTask = []string{"id", "name", "crontab", "one_off", "start_time", "enabled"}

func (m *PeriodicTask) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfPeriodicTask...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // name
			m.Name = d.String()
		case 2: // crontab
			m.Crontab = CrontabSchedule{}
			m.Crontab.decode(d)
		case 3: // one_off
			m.OneOff = d.Bool()
		case 4: // start_time
			m.StartTime = scan.Pointer(d, readTime)
		case 5: // enabled
			m.Enabled = d.Bool()
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *PeriodicTask) UnmarshalJSON(data []byte) error {
	*m = PeriodicTask{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m PeriodicTask) MarshalJSON() ([]byte, error) {
	type fields PeriodicTask
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfPin = []string{"id", "platform", "username", "session_id"}

func (m *Pin) decode(d *scan.Decoder) {
	found := false
	for field := range d.Fields(&m.Unknown, fieldsOfPin...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
			found = d.Found()
		case 1: // platform
			m.Platform = d.String()
		case 2: // username
			m.Username = d.String()
		case 3: // session_id
			m.SessionID = scan.Pointer(d, (*scan.Decoder).String)
		default:
			d.Keep()
		}
	}
	d.RequireFound(found, "id")
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *Pin) UnmarshalJSON(data []byte) error {
	*m = Pin{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m Pin) MarshalJSON() ([]byte, error) {
	type fields Pin
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfPinnedSession = []string{"session_id", "mentor", "messages", "mentor_unique_id", "title"}

func (m *PinnedSession) decode(d *scan.Decoder) {
	found := false
	for field := range d.Fields(&m.Unknown, fieldsOfPinnedSession...) {
		switch field {
		case 0: // session_id
			m.SessionID = d.String()
			found = d.Found()
		case 1: // mentor
			m.Mentor = Mentor{}
			m.Mentor.decode(d)
		case 2: // messages
			m.Messages = scan.Objects(d, (*ChatMessage).decode)
		case 3: // mentor_unique_id
			m.MentorUniqueID = d.String()
		case 4: // title
			m.Title = scan.Pointer(d, (*scan.Decoder).String)
		default:
			d.Keep()
		}
	}
	d.RequireFound(found, "session_id")
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *PinnedSession) UnmarshalJSON(data []byte) error {
	*m = PinnedSession{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m PinnedSession) MarshalJSON() ([]byte, error) {
	type fields PinnedSession
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfSubject = []string{"id", "name", "description"}

func (m *Subject) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfSubject...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // name
			m.Name = d.String()
		case 2: // description
			m.Description = scan.Pointer(d, (*scan.Decoder).String)
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *Subject) UnmarshalJSON(data []byte) error {
	*m = Subject{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m Subject) MarshalJSON() ([]byte, error) {
	type fields Subject
	return marshalModel(fields(m), m.Unknown)
}

var fieldsOfVoice = []string{"id", "name", "provider", "language", "description", "audio_url"}

func (m *Voice) decode(d *scan.Decoder) {
	for field := range d.Fields(&m.Unknown, fieldsOfVoice...) {
		switch field {
		case 0: // id
			m.ID = d.Int64()
		case 1: // name
			m.Name = d.String()
		case 2: // provider
			m.Provider = VoiceProvider(d.String())
		case 3: // language
			m.Language = d.String()
		case 4: // description
			m.Description = d.String()
		case 5: // audio_url
			m.AudioURL = d.String()
		default:
			d.Keep()
		}
	}
}

// UnmarshalJSON replaces m with an object that is decoded as a response is, but
// may lack any field.
func (m *Voice) UnmarshalJSON(data []byte) error {
	*m = Voice{}
	return unmarshalModel(data, m)
}

// MarshalJSON returns the fields of m, among them the unknown ones. Secrets are
// masked, and so are fields in the unknown ones whose names look like a secret's.
func (m Voice) MarshalJSON() ([]byte, error) {
	type fields Voice
	return marshalModel(fields(m), m.Unknown)
}
