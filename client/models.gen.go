// Code generated from openapi.yaml by oapi-codegen v2.8.2. DO NOT EDIT.

package client

import (
	"encoding/json"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// The known values of MCPAuthScope.
const (
	MCPAuthScopeMentor   MCPAuthScope = "mentor"
	MCPAuthScopePlatform MCPAuthScope = "platform"
	MCPAuthScopeUser     MCPAuthScope = "user"
)

// The known values of MCPAuthType.
const (
	MCPAuthTypeNone   MCPAuthType = "none"
	MCPAuthTypeOAuth2 MCPAuthType = "oauth2"
	MCPAuthTypeToken  MCPAuthType = "token"
)

// The known values of CallConfigurationMode.
const (
	CallConfigurationModeInference CallConfigurationMode = "inference"
	CallConfigurationModeRealtime  CallConfigurationMode = "realtime"
)

// The known values of GreetingMethod.
const (
	GreetingMethodProactivePrompt   GreetingMethod = "proactive_prompt"
	GreetingMethodProactiveResponse GreetingMethod = "proactive_response"
)

// The known values of ChatInterface.
const (
	ChatInterfaceAPI  ChatInterface = "api"
	ChatInterfaceChat ChatInterface = "chat"
)

// The known values of LLMProvider.
const (
	LLMProviderAzureOpenAI LLMProvider = "azure_openai"
	LLMProviderGoogle      LLMProvider = "google"
	LLMProviderOpenAI      LLMProvider = "openai"
)

// The known values of StarterPrompts.
const (
	StarterPromptsGuidedPrompt    StarterPrompts = "guided_prompt"
	StarterPromptsSuggestedPrompt StarterPrompts = "suggested_prompt"
)

// The known values of STTProvider.
const (
	STTProviderAzureOpenAI STTProvider = "azure_openai"
	STTProviderCartesia    STTProvider = "cartesia"
	STTProviderDeepgram    STTProvider = "deepgram"
	STTProviderGoogle      STTProvider = "google"
	STTProviderOpenAI      STTProvider = "openai"
)

// The known values of MCPTransport.
const (
	MCPTransportSSE            MCPTransport = "sse"
	MCPTransportStreamableHTTP MCPTransport = "streamable_http"
	MCPTransportWebSocket      MCPTransport = "websocket"
)

// The known values of TTSProvider.
const (
	TTSProviderAzureOpenAI TTSProvider = "azure_openai"
	TTSProviderElevenLabs  TTSProvider = "elevenlabs"
	TTSProviderGoogle      TTSProvider = "google"
	TTSProviderOpenAI      TTSProvider = "openai"
)

// The known values of VoiceProvider.
const (
	VoiceProviderElevenLabs VoiceProvider = "elevenlabs"
	VoiceProviderGoogle     VoiceProvider = "google"
	VoiceProviderOpenAI     VoiceProvider = "openai"
)

// Artifact is a document that a mentor wrote in a chat session. First seen in
// release 4.202.
//
// Example:
//
//	{
//	  "content": "Ovid",
//	  "current_version_number": 1,
//	  "date_created": "2026-01-06T08:01:00Z",
//	  "date_updated": "2026-01-06T08:01:00Z",
//	  "file_extension": "md",
//	  "id": 1,
//	  "llm_name": "gpt-4o",
//	  "llm_provider": "openai",
//	  "metadata": null,
//	  "session_id": "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51",
//	  "title": "Reading list",
//	  "username": "ada",
//	  "version_count": 1
//	}
type Artifact struct {
	// Id of the artifact.
	ID int64 `json:"id"`

	// Title of the artifact.
	Title string `json:"title"`

	// Content of the artifact.
	Content string `json:"content"`

	// File extension that suits the content.
	FileExtension string `json:"file_extension"`

	// Language model that wrote the artifact.
	LLMName string `json:"llm_name"`

	// Provider of the language model.
	LLMProvider string `json:"llm_provider"`

	// When the artifact was created.
	DateCreated Time `json:"date_created"`

	// When the artifact was last changed.
	DateUpdated Time `json:"date_updated"`

	// Metadata of the artifact, as any JSON.
	Metadata json.RawMessage `json:"metadata"`

	// Name of the session's user.
	Username string `json:"username"`

	// Id of the chat session.
	SessionID *string `json:"session_id"`

	// Number of the current version.
	CurrentVersionNumber int64 `json:"current_version_number"`

	// Number of versions.
	VersionCount int64 `json:"version_count"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// ArtifactVersion is one version of an artifact. First seen in release 4.202.
//
// Example:
//
//	{
//	  "artifact": {
//	    "content": "Ovid",
//	    "current_version_number": 1,
//	    "date_created": "2026-01-06T08:01:00Z",
//	    "date_updated": "2026-01-06T08:01:00Z",
//	    "file_extension": "md",
//	    "id": 1,
//	    "llm_name": "gpt-4o",
//	    "llm_provider": "openai",
//	    "session_id": "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51",
//	    "title": "Reading list",
//	    "username": "ada",
//	    "version_count": 1
//	  },
//	  "chat_message": 99,
//	  "content": "Ovid",
//	  "content_length": 4,
//	  "date_created": "2026-01-06T08:01:00Z",
//	  "id": 2,
//	  "interface": "chat",
//	  "is_current": true,
//	  "session_id": "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51",
//	  "title": "Reading list",
//	  "version_number": 1
//	}
type ArtifactVersion struct {
	// Id of the version.
	ID int64 `json:"id"`

	// The artifact.
	Artifact Artifact `json:"artifact"`

	// Title of the artifact in this version.
	Title string `json:"title"`

	// Content of the artifact in this version.
	Content string `json:"content"`

	// Id of the chat session.
	SessionID string `json:"session_id"`

	// Length of the content.
	ContentLength int64 `json:"content_length"`

	// Whether this is the current version.
	IsCurrent bool `json:"is_current"`

	// Id of the message that created the version.
	ChatMessage *int64 `json:"chat_message"`

	// Number of the version.
	VersionNumber int64 `json:"version_number"`

	// When the version was created.
	DateCreated Time `json:"date_created"`

	// Author of the version.
	CreatedBy string `json:"created_by"`

	// Summary of the changes.
	ChangeSummary string `json:"change_summary"`

	// Interface by which the version was created.
	Interface ChatInterface `json:"interface"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// MCPAuthScope says who shares the credentials for an MCP server. First seen in
// release 4.202.
type MCPAuthScope string

// MCPAuthType says how a mentor authenticates with an MCP server.
type MCPAuthType string

// CallConfiguration configures voice calls with a mentor.
//
// Example:
//
//	{
//	  "enable_video": false,
//	  "google_voice_id": null,
//	  "id": 1,
//	  "mentor": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
//	  "mode": "realtime",
//	  "openai_voice_id": null,
//	  "platform_key": "acme"
//	}
type CallConfiguration struct {
	// Id of the configuration. First seen in release 4.90.
	ID int64 `json:"id"`

	// Unique id of the mentor. First seen in release 4.90.
	Mentor string `json:"mentor"`

	// How the mentor answers speech.
	Mode CallConfigurationMode `json:"mode"`

	// Provider of speech synthesis.
	TTSProvider TTSProvider `json:"tts_provider"`

	// Provider of speech recognition.
	STTProvider STTProvider `json:"stt_provider"`

	// Provider of the language model.
	LLMProvider LLMProvider `json:"llm_provider"`

	// Language of calls. First seen in release 4.202.
	Language string `json:"language"`

	// Whether the model requests documents by function calls. If not, documents
	// are retrieved before it answers.
	UseFunctionCallingForRAG bool `json:"use_function_calling_for_rag"`

	// The Google voice. First seen in release 4.90.
	GoogleVoice Voice `json:"google_voice"`

	// The OpenAI voice. First seen in release 4.90.
	OpenAIVoice Voice `json:"openai_voice"`

	// Id of the OpenAI voice.
	OpenAIVoiceID *int64 `json:"openai_voice_id"`

	// Id of the Google voice.
	GoogleVoiceID *int64 `json:"google_voice_id"`

	// Whether calls have video. Only calls in realtime mode can.
	EnableVideo bool `json:"enable_video"`

	// System prompt while a user shares the screen. First seen in release
	// 4.202.
	ScreensharingSystemPrompt string `json:"screensharing_system_prompt"`

	// Prompt that opens the conversation when a user shares the screen. First
	// seen in release 4.202.
	ScreensharingProactivePrompt string `json:"screensharing_proactive_prompt"`

	// Key of the configuration's platform.
	PlatformKey string `json:"platform_key"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// CallConfigurationMode says how a mentor answers speech in calls: realtime
// uses one real-time model; inference uses speech recognition, a language model
// and speech synthesis.
type CallConfigurationMode string

// ChatMessage is one message of a chat session.
//
// Example:
//
//	{
//	  "document_sources": null,
//	  "feedback": {},
//	  "files": [],
//	  "id": 99,
//	  "inserted_at": "2026-01-06T08:01:00Z",
//	  "message": {
//	    "content": "When is the essay due?",
//	    "type": "human"
//	  },
//	  "title": null
//	}
type ChatMessage struct {
	// Id of the message.
	ID int64 `json:"id"`

	// The message, as any JSON. Its form depends on the mentor's flow.
	Message json.RawMessage `json:"message"`

	// When the message was sent.
	InsertedAt Time `json:"inserted_at"`

	// Title of the message's session.
	Title *string `json:"title"`

	// The user's feedback on the message, as any JSON.
	Feedback json.RawMessage `json:"feedback"`

	// Documents that the answer is based on, as any JSON. First seen in release
	// 4.90. Last seen in release 4.95.
	DocumentSources json.RawMessage `json:"document_sources"`

	// Files of the message, as any JSON.
	Files json.RawMessage `json:"files"`

	// Versions of artifacts that the message created. First seen in release
	// 4.202.
	ArtifactVersions []ArtifactVersion `json:"artifact_versions"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// CrontabSchedule is a schedule in celery's crontab notation. A task is due in
// every minute that matches all five fields. A field accepts `*`, numbers,
// lists (`0,30`), ranges (`8-18`) and steps (`*/15`); day_of_week also accepts
// names (`mon-fri`). Times are in the server's time zone, which is UTC unless
// its operators have changed it. The service silently accepts schedules that
// never run, such as `day_of_week` 7 or 31 February.
//
// Example:
//
//	{
//	  "day_of_month": "*",
//	  "day_of_week": "mon-fri",
//	  "hour": "8",
//	  "minute": "0",
//	  "month_of_year": "*"
//	}
type CrontabSchedule struct {
	// Minutes of the hour, 0 to 59.
	Minute string `json:"minute,omitempty"`

	// Hours of the day, 0 to 23.
	Hour string `json:"hour,omitempty"`

	// Days of the week, 0 (Sunday) to 6, or the first three letters of their
	// English names.
	DayOfWeek string `json:"day_of_week,omitempty"`

	// Days of the month, 1 to 31.
	DayOfMonth string `json:"day_of_month,omitempty"`

	// Months of the year, 1 to 12.
	MonthOfYear string `json:"month_of_year,omitempty"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// GreetingMethod says whether a mentor opens a conversation with an answer to
// proactive_prompt or with proactive_response itself.
type GreetingMethod string

// ChatInterface says how a user reached a mentor. First seen in release 4.202.
type ChatInterface string

// LLMProvider names a provider of language models. The value azure_openai was
// first seen in release 4.202.
type LLMProvider string

// MCPServer is a Model Context Protocol server, which provides tools to
// mentors.
//
// Example:
//
//	{
//	  "auth_type": "none",
//	  "created_at": "2026-01-05T09:00:00Z",
//	  "extra_headers": {},
//	  "id": 1,
//	  "image": null,
//	  "is_enabled": true,
//	  "is_featured": false,
//	  "name": "Library catalogue",
//	  "platform": 2,
//	  "platform_key": "acme",
//	  "transport": "sse",
//	  "updated_at": "2026-01-05T09:00:00Z",
//	  "url": "https://mcp.example.edu/sse"
//	}
type MCPServer struct {
	// Id of the server. First seen in release 4.90.
	ID int64 `json:"id"`

	// Numeric id of the server's platform. First seen in release 4.90.
	Platform int64 `json:"platform"`

	// Unique id of the mentor that alone can use the server, if there is one.
	// First seen in release 4.202.
	Mentor *string `json:"mentor"`

	// Name of the user who owns the server. First seen in release 4.202.
	Owner *string `json:"owner"`

	// Name of the server. First seen in release 4.90.
	Name string `json:"name"`

	// Description of the server's tools. First seen in release 4.90.
	Description string `json:"description"`

	// URL of the server.
	URL string `json:"url"`

	// URL of the server's picture. First seen in release 4.90.
	Image *string `json:"image"`

	// Transport of the server.
	Transport MCPTransport `json:"transport"`

	// Credentials of the mentor. First seen in release 4.90.
	Credentials api.Secret `json:"credentials"`

	// Headers of requests to the server, such as Authorization. Newer releases
	// call them extra_headers. Last seen in release 3.59.
	Headers api.Secret `json:"headers"`

	// Headers of requests to the server, such as Authorization. First seen in
	// release 4.90.
	ExtraHeaders api.Secret `json:"extra_headers"`

	// Key of the server's platform. First seen in release 4.90.
	PlatformKey string `json:"platform_key"`

	// Whether other platforms can use the server too. First seen in release
	// 4.84.
	IsFeatured bool `json:"is_featured"`

	// How the mentor authenticates. First seen in release 4.90.
	AuthType MCPAuthType `json:"auth_type"`

	// Who shares the credentials. First seen in release 4.202.
	AuthScope MCPAuthScope `json:"auth_scope"`

	// Id of the OAuth service that issues tokens for the server. First seen in
	// release 4.95.
	OAuthService *int64 `json:"oauth_service"`

	// OAuth service that issues tokens for the server. First seen in release
	// 4.95.
	OAuthServiceData OAuthService `json:"oauth_service_data"`

	// Connections of users to the server. The service's schema says string;
	// their form is not documented. First seen in release 4.202.
	MCPServerConnections api.Secret `json:"mcp_server_connections"`

	// Whether mentors can use the server. First seen in release 4.90.
	IsEnabled bool `json:"is_enabled"`

	// When the server was added.
	CreatedAt Time `json:"created_at"`

	// When the server was last changed.
	UpdatedAt Time `json:"updated_at"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// Mentor is an AI mentor.
//
// Example:
//
//	{
//	  "categories": [],
//	  "created_at": "2026-01-05T09:00:00Z",
//	  "created_by": "ada",
//	  "greeting_method": "proactive_response",
//	  "id": 3,
//	  "mcp_servers": [],
//	  "name": "Study coach",
//	  "platform": "acme",
//	  "proactive_response": "What are you working on?",
//	  "slug": "study-coach",
//	  "subjects": [],
//	  "types": [],
//	  "unique_id": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
//	  "updated_at": "2026-01-05T09:00:00Z"
//	}
type Mentor struct {
	// Numeric id of the mentor. First seen in release 4.90.
	ID int64 `json:"id"`

	// Display name of the mentor.
	Name string `json:"name"`

	// Unique id of the mentor. Other objects refer to the mentor by it.
	UniqueID string `json:"unique_id"`

	// The mentor's Langflow definition, as any JSON.
	Flow json.RawMessage `json:"flow"`

	// Name of the mentor in URLs.
	Slug string `json:"slug"`

	// Key of the mentor's platform.
	Platform string `json:"platform"`

	// Whether unauthenticated users can talk to the mentor.
	AllowAnonymous bool `json:"allow_anonymous"`

	// Whether the mentor can be used offline. First seen in release 4.202.
	EnableOfflineMode bool `json:"enable_offline_mode"`

	// Metadata of the mentor, as any JSON.
	Metadata json.RawMessage `json:"metadata"`

	// Whether questions are moderated before they are answered.
	EnableModeration bool `json:"enable_moderation"`

	// Whether documents are searched with several variants of a question. First
	// seen in release 4.90.
	EnableMultiQueryRAG bool `json:"enable_multi_query_rag"`

	// Whether the language model's provider caches prompts. First seen in
	// release 4.202.
	EnablePromptCaching bool `json:"enable_prompt_caching"`

	// Whether answers are rewritten with post_processing_prompt.
	EnablePostProcessingSystem bool `json:"enable_post_processing_system"`

	// Whether the mentor is an OpenAI assistant.
	//
	// Deprecated: the template mentor decides that now.
	EnableOpenAIAssistant bool `json:"enable_openai_assistant"`

	// Whether answers are limited to the mentor's documents.
	EnableTotalGrounding bool `json:"enable_total_grounding"`

	// Whether users see suggested questions that administrators wrote.
	EnableSuggestedPrompts bool `json:"enable_suggested_prompts"`

	// Whether users see suggested questions that are generated from the
	// conversation.
	EnableGuidedPrompts bool `json:"enable_guided_prompts"`

	// Whether questions that moderation flags are stored. First seen in release
	// 4.202.
	SaveFlaggedPrompts bool `json:"save_flagged_prompts"`

	// Instructions for generating suggested questions.
	GuidedPromptInstructions string `json:"guided_prompt_instructions"`

	// Id of the mentor's Google voice.
	GoogleVoice *int64 `json:"google_voice"`

	// Id of the mentor's OpenAI voice.
	OpenAIVoice *int64 `json:"openai_voice"`

	// Categories of the mentor.
	Categories []MentorCategory `json:"categories"`

	// Types of the mentor. First seen in release 4.90.
	Types []MentorType `json:"types"`

	// Whether the mentor is featured. First seen in release 4.90.
	IsFeatured bool `json:"is_featured"`

	// Subjects of the mentor. First seen in release 4.90.
	Subjects []Subject `json:"subjects"`

	// Prompt that opens a conversation if greeting_method is proactive_prompt.
	ProactivePrompt string `json:"proactive_prompt"`

	// Prompt of the study mode. First seen in release 4.202.
	StudyModePrompt string `json:"study_mode_prompt"`

	// Text for users before they talk to the mentor. First seen in release
	// 4.90.
	Disclaimer string `json:"disclaimer"`

	// Whether the disclaimer is shown. First seen in release 4.90.
	EnableDisclaimer bool `json:"enable_disclaimer"`

	// Whether files can be attached. First seen in release 4.90.
	ShowAttachment bool `json:"show_attachment"`

	// Whether the mentor can be called. First seen in release 4.90.
	ShowVoiceCall bool `json:"show_voice_call"`

	// Whether speech can be recorded. First seen in release 4.90.
	ShowVoiceRecord bool `json:"show_voice_record"`

	// Whether answers show images from documents. First seen in release 4.95.
	ShowRAGImages bool `json:"show_rag_images"`

	// Kind of questions that are suggested at the start of a conversation.
	// First seen in release 4.202.
	StarterPrompts StarterPrompts `json:"starter_prompts"`

	// Whether an embedded mentor reads the page around it. First seen in
	// release 4.84.
	EmbedIsContextAware bool `json:"embed_is_context_aware"`

	// Whether an embedded mentor is open when the page loads. First seen in
	// release 4.90.
	EmbedOpenByDefault bool `json:"embed_open_by_default"`

	// Whether files can be attached to an embedded mentor. First seen in
	// release 4.90.
	EmbedShowAttachment bool `json:"embed_show_attachment"`

	// Whether an embedded mentor can be called. First seen in release 4.90.
	EmbedShowVoiceCall bool `json:"embed_show_voice_call"`

	// Whether speech can be recorded for an embedded mentor. First seen in
	// release 4.90.
	EmbedShowVoiceRecord bool `json:"embed_show_voice_record"`

	// Whether users are shown other mentors to explore. First seen in release
	// 4.202.
	ShowExploreMentors bool `json:"show_explore_mentors"`

	// Icon of an embedded mentor, as any JSON. First seen in release 4.202.
	EmbedIconSelectionData json.RawMessage `json:"embed_icon_selection_data"`

	// Placeholder of the input field. First seen in release 4.84.
	PlaceholderPrompt string `json:"placeholder_prompt"`

	// Prompt for moderating questions.
	ModerationSystemPrompt string `json:"moderation_system_prompt"`

	// Prompt for rewriting answers.
	PostProcessingPrompt string `json:"post_processing_prompt"`

	// Answer to a question that moderation refuses.
	ModerationResponse string `json:"moderation_response"`

	// Prompt for checking answers.
	SafetySystemPrompt string `json:"safety_system_prompt"`

	// Text in place of an answer that fails the check.
	SafetyResponse string `json:"safety_response"`

	// Whether answers are checked before they are sent.
	EnableSafetySystem bool `json:"enable_safety_system"`

	// Text that opens a conversation if greeting_method is proactive_response.
	ProactiveResponse string `json:"proactive_response"`

	// How the mentor opens a conversation.
	GreetingMethod GreetingMethod `json:"greeting_method"`

	// Configuration of voice calls with the mentor.
	CallConfiguration CallConfiguration `json:"call_configuration"`

	// MCP servers that the mentor can use.
	MCPServers []MCPServer `json:"mcp_servers"`

	// Id in edX of the user who talked to the mentor last.
	LastAccessedBy *int64 `json:"last_accessed_by"`

	// When a user last talked to the mentor.
	RecentlyAccessedAt *Time `json:"recently_accessed_at"`

	// Name of the user who created the mentor.
	CreatedBy *string `json:"created_by"`

	// When the mentor was created. First seen in release 4.90.
	CreatedAt *Time `json:"created_at"`

	// When the mentor was last changed. First seen in release 4.90.
	UpdatedAt *Time `json:"updated_at"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// MentorAudience is a group of people for whom a category of mentors is
// intended.
//
// Example:
//
//	{
//	  "description": null,
//	  "id": 1,
//	  "name": "Students"
//	}
type MentorAudience struct {
	// Id of the audience.
	ID int64 `json:"id"`

	// Name of the audience.
	Name string `json:"name"`

	// Description of the audience.
	Description *string `json:"description"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// MentorCategory groups mentors.
//
// Example:
//
//	{
//	  "audience": {
//	    "description": null,
//	    "id": 1,
//	    "name": "Students"
//	  },
//	  "audiences": [
//	    {
//	      "description": null,
//	      "id": 1,
//	      "name": "Students"
//	    }
//	  ],
//	  "category_group": null,
//	  "description": null,
//	  "id": 1,
//	  "name": "Writing"
//	}
type MentorCategory struct {
	// Id of the category. First seen in release 4.90.
	ID int64 `json:"id"`

	// Name of the category. First seen in release 4.90.
	Name string `json:"name"`

	// Description of the category.
	Description *string `json:"description"`

	// Id of the category's group.
	CategoryGroup *int64 `json:"category_group"`

	// Audience of the category.
	Audience MentorAudience `json:"audience"`

	// All audiences of the category.
	Audiences []MentorAudience `json:"audiences"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// MentorType classifies mentors.
//
// Example:
//
//	{
//	  "description": null,
//	  "id": 1,
//	  "name": "Tutor"
//	}
type MentorType struct {
	// Id of the type.
	ID int64 `json:"id"`

	// Name of the type.
	Name string `json:"name"`

	// Description of the type.
	Description *string `json:"description"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// OAuthService is an OAuth service that issues tokens for MCP servers. First
// seen in release 4.95.
//
// Example:
//
//	{
//	  "created_at": "2026-01-05T09:00:00Z",
//	  "description": "",
//	  "display_name": "Library",
//	  "id": 1,
//	  "image": null,
//	  "name": "library",
//	  "oauth_provider": "example",
//	  "oauth_provider_id": 1,
//	  "scope": "read",
//	  "updated_at": "2026-01-05T09:00:00Z"
//	}
type OAuthService struct {
	// Id of the service.
	ID int64 `json:"id"`

	// Provider of the service.
	OAuthProvider string `json:"oauth_provider"`

	// Id of the provider.
	OAuthProviderID *int64 `json:"oauth_provider_id"`

	// Name of the service.
	Name string `json:"name"`

	// Display name of the service.
	DisplayName string `json:"display_name"`

	// Description of the service.
	Description string `json:"description"`

	// Scope of the tokens.
	Scope string `json:"scope"`

	// URL of a picture.
	Image *string `json:"image"`

	// When the service was added.
	CreatedAt Time `json:"created_at"`

	// When the service was last changed.
	UpdatedAt Time `json:"updated_at"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// PeriodicAgentUpdateRequest changes a periodic agent. Unset fields keep their
// values.
//
// Example:
//
//	{
//	  "previous_agent": null,
//	  "task": {
//	    "enabled": false
//	  },
//	  "title": "Evening digest"
//	}
type PeriodicAgentUpdateRequest struct {
	// Unique id of the agent's mentor, a UUID. Releases 3.5x expect its numeric
	// id instead.
	Mentor *string `json:"mentor,omitempty"`

	// Display name of the agent.
	Title *string `json:"title,omitempty"`

	// Description of the agent. First seen in release 4.90.
	Description *string `json:"description,omitempty"`

	// Prompt of every run.
	Prompt *string `json:"prompt,omitempty"`

	// Schedule of the agent.
	Task *PeriodicTaskUpdateRequest `json:"task,omitempty"`

	// Pathway of the agent's sessions.
	Pathway *string `json:"pathway,omitempty"`

	// URL to which the result of every run is posted. Empty means none.
	CallbackURL *string `json:"callback_url,omitempty"`

	// Secret that signs the callbacks.
	CallbackSecret *api.Secret `json:"callback_secret,omitempty"`

	// Chat session in which the agent was created.
	ParentSessionID *string `json:"parent_session_id,omitempty"`

	// Numeric id of the mentor that created the agent.
	ParentMentorID Nullable[int64] `json:"parent_mentor_id,omitzero"`

	// Id of the agent that must have run before this agent runs.
	PreviousAgent Nullable[int64] `json:"previous_agent,omitzero"`

	// Status that the previous agent must have before this agent runs.
	PreviousAgentStatus *api.Status `json:"previous_agent_status,omitempty"`
}

// PeriodicTaskUpdateRequest changes the schedule of an agent. Unset fields keep
// their values.
//
// Example:
//
//	{
//	  "enabled": false
//	}
type PeriodicTaskUpdateRequest struct {
	// Changes to the minutes at which the task is due. The scheduler plans from
	// the task's last run and not from now, so that a changed schedule can run
	// the agent at once.
	Crontab *CrontabSchedule `json:"crontab,omitempty"`

	// Whether the task is disabled after its first run. If it has run before,
	// the scheduler disables it without another run.
	OneOff *bool `json:"one_off,omitempty"`

	// Time before which the task doesn't run. Leave it unset unless you need
	// it. After the task is created or enabled with one, schedulers since
	// django-celery-beat 2.5 run it once more than its crontab says: as soon as
	// the start time has come, or if its hour is a plain number, up to two
	// hours before that hour.
	StartTime Nullable[time.Time] `json:"start_time,omitzero"`

	// Whether the task runs at all. Disabling it makes the scheduler forget its
	// last run, so that nothing is caught up after it is enabled.
	Enabled *bool `json:"enabled,omitempty"`
}

// PeriodicAgent is a mentor that runs on a schedule with a fixed prompt.
//
// Example:
//
//	{
//	  "callback_secret": "a-long-random-secret",
//	  "callback_url": "https://hooks.example.com/runs",
//	  "created_at": "2026-01-05T09:00:00Z",
//	  "description": "",
//	  "enabled": true,
//	  "id": 7,
//	  "mentor": {
//	    "categories": [],
//	    "created_at": "2026-01-05T09:00:00Z",
//	    "id": 3,
//	    "mcp_servers": [],
//	    "name": "Study coach",
//	    "subjects": [],
//	    "types": [],
//	    "unique_id": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
//	    "updated_at": "2026-01-05T09:00:00Z"
//	  },
//	  "modified_at": "2026-01-05T09:00:00Z",
//	  "one_off": false,
//	  "parent_mentor_id": null,
//	  "parent_session_id": "",
//	  "pathway": "",
//	  "platform_key": "acme",
//	  "previous_agent": null,
//	  "previous_agent_output": "",
//	  "previous_agent_status": "success",
//	  "prompt": "Summarize what is due this week.",
//	  "task": {
//	    "crontab": {
//	      "day_of_month": "*",
//	      "day_of_week": "mon-fri",
//	      "hour": "8",
//	      "minute": "0",
//	      "month_of_year": "*"
//	    },
//	    "enabled": true,
//	    "id": 11,
//	    "name": "Morning digest",
//	    "one_off": false
//	  },
//	  "title": "Morning digest",
//	  "username": "ada"
//	}
type PeriodicAgent struct {
	// Id of the agent.
	ID int64 `json:"id"`

	// Mentor of the agent.
	Mentor Mentor `json:"mentor"`

	// Display name of the agent.
	Title string `json:"title"`

	// Name of the user who created the agent. It runs with this user's
	// credentials.
	Username string `json:"username"`

	// Description of the agent. First seen in release 4.90.
	Description string `json:"description"`

	// Prompt of every run.
	Prompt string `json:"prompt"`

	// Schedule of the agent.
	Task PeriodicTask `json:"task"`

	// When the agent was created. First seen in release 4.90.
	CreatedAt Time `json:"created_at"`

	// When the agent was last changed.
	ModifiedAt Time `json:"modified_at"`

	// Copy of task.enabled. Only task.enabled can be written.
	Enabled bool `json:"enabled"`

	// Copy of task.one_off. Only task.one_off can be written.
	OneOff bool `json:"one_off"`

	// Key of the agent's platform. First seen in release 4.90.
	PlatformKey string `json:"platform_key"`

	// Pathway of the agent's sessions.
	Pathway string `json:"pathway"`

	// URL to which the result of every run is posted. Empty means none.
	CallbackURL string `json:"callback_url"`

	// Secret that signs the callbacks.
	CallbackSecret api.Secret `json:"callback_secret"`

	// Chat session in which the agent was created.
	ParentSessionID string `json:"parent_session_id"`

	// Numeric id of the mentor that created the agent.
	ParentMentorID *int64 `json:"parent_mentor_id"`

	// Id of the agent that must have run before this agent runs.
	PreviousAgent *int64 `json:"previous_agent"`

	// Status that the previous agent must have before this agent runs.
	PreviousAgentStatus api.Status `json:"previous_agent_status"`

	// Latest output of the previous agent. It becomes part of this agent's
	// prompt.
	PreviousAgentOutput string `json:"previous_agent_output"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// PeriodicAgentCreateRequest describes a new periodic agent, or the replacement
// of one.
//
// Example:
//
//	{
//	  "callback_secret": "a-long-random-secret",
//	  "callback_url": "https://hooks.example.com/runs",
//	  "mentor": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
//	  "prompt": "Summarize what is due this week.",
//	  "task": {
//	    "crontab": {
//	      "day_of_week": "mon-fri",
//	      "hour": "8",
//	      "minute": "0"
//	    }
//	  },
//	  "title": "Morning digest"
//	}
type PeriodicAgentCreateRequest struct {
	// Unique id of the agent's mentor, a UUID. Releases 3.5x expect its numeric
	// id instead.
	Mentor string `json:"mentor,omitzero"`

	// Display name of the agent.
	Title string `json:"title,omitzero"`

	// Description of the agent. First seen in release 4.90.
	Description *string `json:"description,omitempty"`

	// Prompt of every run.
	Prompt *string `json:"prompt,omitempty"`

	// Schedule of the agent.
	Task PeriodicTaskRequest `json:"task,omitzero"`

	// Pathway of the agent's sessions.
	Pathway *string `json:"pathway,omitempty"`

	// URL to which the result of every run is posted. Empty means none.
	CallbackURL *string `json:"callback_url,omitempty"`

	// Secret that signs the callbacks.
	CallbackSecret *api.Secret `json:"callback_secret,omitempty"`

	// Chat session in which the agent was created.
	ParentSessionID *string `json:"parent_session_id,omitempty"`

	// Numeric id of the mentor that created the agent.
	ParentMentorID Nullable[int64] `json:"parent_mentor_id,omitzero"`

	// Id of the agent that must have run before this agent runs.
	PreviousAgent Nullable[int64] `json:"previous_agent,omitzero"`

	// Status that the previous agent must have before this agent runs.
	PreviousAgentStatus *api.Status `json:"previous_agent_status,omitempty"`
}

// PeriodicAgentLog records one run of an agent. No release says in which chat
// session the agent ran.
//
// Example:
//
//	{
//	  "content": "Two essays are due on Friday.",
//	  "created_at": "2026-01-06T08:00:00Z",
//	  "end_time": "2026-01-06T08:00:04.250000Z",
//	  "id": 42,
//	  "modified_at": "2026-01-06T08:00:04.250000Z",
//	  "periodic_agent": 7,
//	  "start_time": "2026-01-06T08:00:00Z",
//	  "status": "success"
//	}
type PeriodicAgentLog struct {
	// Id of the log.
	ID int64 `json:"id"`

	// Full output of the mentor for the run.
	Content string `json:"content"`

	// Status of the run.
	Status api.Status `json:"status"`

	// When the run started.
	StartTime Time `json:"start_time"`

	// When the run finished; null while it is running.
	EndTime *Time `json:"end_time"`

	// When the log was created.
	CreatedAt Time `json:"created_at"`

	// When the log was last changed.
	ModifiedAt Time `json:"modified_at"`

	// Id of the agent.
	PeriodicAgent int64 `json:"periodic_agent"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// PeriodicAgentStatistics counts agents by the status of each agent's latest
// log.
//
// Example:
//
//	{
//	  "failed_tasks": 1,
//	  "pending_tasks": 1,
//	  "running_tasks": 0,
//	  "succeeded_tasks": 2,
//	  "total_tasks": 4
//	}
type PeriodicAgentStatistics struct {
	// Number of agents.
	TotalTasks int64 `json:"total_tasks"`

	// Number of agents whose latest run succeeded.
	SucceededTasks int64 `json:"succeeded_tasks"`

	// Number of agents whose latest run failed.
	FailedTasks int64 `json:"failed_tasks"`

	// Number of agents whose latest run has not finished yet.
	RunningTasks int64 `json:"running_tasks"`

	// Number of agents that have not run yet.
	PendingTasks int64 `json:"pending_tasks"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// PeriodicTask is the schedule of an agent, an entry of the service's scheduler
// (celery beat).
//
// Example:
//
//	{
//	  "crontab": {
//	    "day_of_month": "*",
//	    "day_of_week": "mon-fri",
//	    "hour": "8",
//	    "minute": "0",
//	    "month_of_year": "*"
//	  },
//	  "enabled": true,
//	  "id": 11,
//	  "name": "Morning digest",
//	  "one_off": false
//	}
type PeriodicTask struct {
	// Id of the task. First seen in release 4.90.
	ID int64 `json:"id"`

	// Short description of the task, generated by the service.
	Name string `json:"name"`

	// Minutes at which the task is due.
	Crontab CrontabSchedule `json:"crontab"`

	// Whether the task is disabled after its first run. If it has run before,
	// the scheduler disables it without another run.
	OneOff bool `json:"one_off"`

	// Time before which the task doesn't run. A task that has one may run once
	// more than its crontab says after it is created or enabled.
	StartTime *Time `json:"start_time"`

	// Whether the task runs at all.
	Enabled bool `json:"enabled"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// PeriodicTaskRequest describes the schedule of a new or replaced agent.
//
// Example:
//
//	{
//	  "crontab": {
//	    "day_of_week": "mon-fri",
//	    "hour": "8",
//	    "minute": "0"
//	  }
//	}
type PeriodicTaskRequest struct {
	// Minutes at which the task is due. If it replaces another crontab, the
	// agent can run at once, since the scheduler plans from the task's last run
	// and not from now.
	Crontab CrontabSchedule `json:"crontab,omitzero"`

	// Whether the task is disabled after its first run. If it has run before,
	// the scheduler disables it without another run.
	OneOff *bool `json:"one_off,omitempty"`

	// Time before which the task doesn't run. Leave it unset unless you need
	// it. After the task is created or enabled with one, schedulers since
	// django-celery-beat 2.5 run it once more than its crontab says: as soon as
	// the start time has come, or if its hour is a plain number, up to two
	// hours before that hour.
	StartTime Nullable[time.Time] `json:"start_time,omitzero"`

	// Whether the task runs at all. The default is true.
	Enabled *bool `json:"enabled,omitempty"`
}

// Pin marks a chat session as pinned by a user.
//
// Example:
//
//	{
//	  "id": 5,
//	  "platform": "acme",
//	  "session_id": "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51",
//	  "username": "ada"
//	}
type Pin struct {
	// Id of the pin.
	ID int64 `json:"id"`

	// Key of the pin's platform.
	Platform string `json:"platform"`

	// Name of the user who pinned the session.
	Username string `json:"username"`

	// Id of the chat session.
	SessionID *string `json:"session_id"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// PinnedSession is a pinned chat session with its mentor and its messages.
//
// Example:
//
//	{
//	  "mentor": {
//	    "categories": [],
//	    "created_at": null,
//	    "id": 3,
//	    "mcp_servers": [],
//	    "name": "Study coach",
//	    "subjects": [],
//	    "types": [],
//	    "updated_at": null
//	  },
//	  "messages": [],
//	  "session_id": "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
//	}
type PinnedSession struct {
	// Id of the chat session.
	SessionID string `json:"session_id"`

	// Mentor of the session.
	Mentor Mentor `json:"mentor"`

	// Pinned messages of the session.
	Messages []ChatMessage `json:"messages"`

	// Unique id of the session's mentor. First seen in release 4.202.
	MentorUniqueID string `json:"mentor_unique_id"`

	// Title of the session. First seen in release 4.202.
	Title *string `json:"title"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// pinRequest names a chat session to pin or unpin.
//
// Example:
//
//	{
//	  "session_id": "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
//	}
type pinRequest struct {
	// Id of the chat session.
	SessionID string `json:"session_id,omitzero"`
}

// StarterPrompts says which questions a mentor suggests at the start of a
// conversation. First seen in release 4.202.
type StarterPrompts string

// STTProvider names a provider of speech recognition. The value azure_openai
// was first seen in release 4.202.
type STTProvider string

// Subject is a field of knowledge.
//
// Example:
//
//	{
//	  "description": null,
//	  "id": 1,
//	  "name": "Rhetoric"
//	}
type Subject struct {
	// Id of the subject.
	ID int64 `json:"id"`

	// Name of the subject.
	Name string `json:"name"`

	// Description of the subject.
	Description *string `json:"description"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// MCPTransport names the transport of an MCP server. The value streamable_http
// was first seen in release 4.84.
type MCPTransport string

// TTSProvider names a provider of speech synthesis. The value azure_openai was
// first seen in release 4.202.
type TTSProvider string

// Voice is a voice for calls.
//
// Example:
//
//	{
//	  "audio_url": "",
//	  "description": "",
//	  "id": 1,
//	  "language": "en",
//	  "name": "Alloy",
//	  "provider": "openai"
//	}
type Voice struct {
	// Id of the voice.
	ID int64 `json:"id"`

	// Name of the voice.
	Name string `json:"name"`

	// Provider of the voice.
	Provider VoiceProvider `json:"provider"`

	// Language of the voice.
	Language string `json:"language"`

	// Description of the voice.
	Description string `json:"description"`

	// URL of an audio sample.
	AudioURL string `json:"audio_url"`

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// VoiceProvider names a provider of voices.
type VoiceProvider string

// MentorListParams are the filters of MentorsService.List and All. The zero
// value of a field leaves it out.
type MentorListParams struct {
	// Only mentors of this department.
	DepartmentID int64 `form:"department_id,omitempty" json:"department_id,omitempty"`

	// Either `date`, the default, or `name`. The effect is not documented; the
	// values suggest an order. They don't filter.
	FilterBy string `form:"filter_by,omitempty" json:"filter_by,omitempty"`

	// Only featured mentors, or only the others.
	IsFeatured *bool `form:"is_featured,omitempty" json:"is_featured,omitempty"`

	// Only mentors with this key in their metadata.
	MetadataKey string `form:"metadata_key,omitempty" json:"metadata_key,omitempty"`

	// Only mentors with this value of metadata_key in their metadata.
	MetadataValue string `form:"metadata_value,omitempty" json:"metadata_value,omitempty"`

	// Number of the page. The first page is 1.
	Page int64 `form:"page,omitempty" json:"page,omitempty"`

	// Number of items on a page. The server has a default and silently caps
	// larger values.
	PageSize int64 `form:"page_size,omitempty" json:"page_size,omitempty"`

	// Whether each mentor comes with the user's latest session.
	ReturnSessionInformation *bool `form:"return_session_information,omitempty" json:"return_session_information,omitempty"`

	// Only mentors with this visibility.
	Visibility string `form:"visibility,omitempty" json:"visibility,omitempty"`
}

// PeriodicAgentLogListParams are the filters of PeriodicAgentLogsService.List
// and All. The zero value of a field leaves it out.
type PeriodicAgentLogListParams struct {
	// Only logs of agents of the mentor with this unique id.
	MentorID string `form:"mentor_id,omitempty" json:"mentor_id,omitempty"`

	// Field to sort by, or several that are separated by commas; a leading
	// minus reverses the order, as in -created_at, which the vendor's own
	// application sends. Other sortable fields are not documented. By default,
	// Django REST Framework sorts by any field of the response. An unknown
	// field is silently ignored, and the order is then the default, newest
	// first.
	Ordering Ordering `form:"ordering,omitempty" json:"ordering,omitempty"`

	// Number of the page. The first page is 1.
	Page int64 `form:"page,omitempty" json:"page,omitempty"`

	// Number of items on a page. The server has a default and silently caps
	// larger values.
	PageSize int64 `form:"page_size,omitempty" json:"page_size,omitempty"`

	// Only logs of agents that were created by this mentor.
	ParentMentorID string `form:"parent_mentor_id,omitempty" json:"parent_mentor_id,omitempty"`

	// Only logs of agents that were created in this chat session.
	ParentSessionID string `form:"parent_session_id,omitempty" json:"parent_session_id,omitempty"`

	// Only logs of the agent with this id. An unknown id is a validation error,
	// not an empty list.
	PeriodicAgent int64 `form:"periodic_agent,omitempty" json:"periodic_agent,omitempty"`

	// Only logs that contain all of these words, in upper or lower case. The
	// searched fields are not documented; they are likely to include `content`.
	Search string `form:"search,omitempty" json:"search,omitempty"`

	// Only logs of runs with this status.
	Status api.Status `form:"status,omitempty" json:"status,omitempty"`

	// Only logs of agents that were created by this user.
	Username string `form:"username,omitempty" json:"username,omitempty"`
}

// PeriodicAgentListParams are the filters of PeriodicAgentsService.List and
// All. The zero value of a field leaves it out.
type PeriodicAgentListParams struct {
	// Only enabled agents, or only disabled agents.
	Enabled *bool `form:"enabled,omitempty" json:"enabled,omitempty"`

	// Only agents of the mentor with this unique id.
	MentorID string `form:"mentor_id,omitempty" json:"mentor_id,omitempty"`

	// Field to sort by, or several that are separated by commas; a leading
	// minus reverses the order, as in -created_at. The sortable fields are not
	// documented. By default, Django REST Framework sorts by the fields of the
	// response. Computed fields are not among them: `previous_agent_output`,
	// and `enabled` and `one_off`, for which `task__enabled` and
	// `task__one_off` may work. An unknown field is silently ignored.
	Ordering Ordering `form:"ordering,omitempty" json:"ordering,omitempty"`

	// Number of the page. The first page is 1.
	Page int64 `form:"page,omitempty" json:"page,omitempty"`

	// Number of items on a page. The server has a default and silently caps
	// larger values.
	PageSize int64 `form:"page_size,omitempty" json:"page_size,omitempty"`

	// Only agents that were created by the mentor with this numeric id.
	ParentMentorID int64 `form:"parent_mentor_id,omitempty" json:"parent_mentor_id,omitempty"`

	// Only agents that were created in this chat session.
	ParentSessionID string `form:"parent_session_id,omitempty" json:"parent_session_id,omitempty"`

	// Only agents whose previous agent has this id. An unknown id is a
	// validation error, not an empty list.
	PreviousAgent int64 `form:"previous_agent,omitempty" json:"previous_agent,omitempty"`

	// Only agents whose previous_agent_status is this status.
	PreviousAgentStatus api.Status `form:"previous_agent_status,omitempty" json:"previous_agent_status,omitempty"`

	// Only agents that contain all of these words, in upper or lower case. The
	// searched fields are not documented; they are likely to be `title`,
	// `description` and `prompt`.
	Search string `form:"search,omitempty" json:"search,omitempty"`

	// Only agents whose latest run has this status. Agents that have not run
	// yet are pending.
	Status api.Status `form:"status,omitempty" json:"status,omitempty"`

	// Only agents with this title.
	Title string `form:"title,omitempty" json:"title,omitempty"`

	// Only agents that were created by this user.
	Username string `form:"username,omitempty" json:"username,omitempty"`
}

// PeriodicAgentStatisticsParams are the filters of
// PeriodicAgentsService.Statistics. The zero value of a field leaves it out.
type PeriodicAgentStatisticsParams struct {
	// Only agents of the mentor with this unique id are counted.
	MentorID string `form:"mentor_id,omitempty" json:"mentor_id,omitempty"`
}
