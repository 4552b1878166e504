package githubway

import (
	"encoding/json"

	"github.com/google/go-github/v89/github"
)

// Mentor is the model that an agent runs. Free-form JSON is raw, as in
// go-github's Event and Deployment.
type Mentor struct {
	ID                         *int64             `json:"id,omitempty"`
	Name                       *string            `json:"name,omitempty"`
	UniqueID                   *string            `json:"unique_id,omitempty"`
	Flow                       json.RawMessage    `json:"flow,omitempty"`
	Slug                       *string            `json:"slug,omitempty"`
	Platform                   *string            `json:"platform,omitempty"`
	AllowAnonymous             *bool              `json:"allow_anonymous,omitempty"`
	Metadata                   json.RawMessage    `json:"metadata,omitempty"`
	EnableOfflineMode          *bool              `json:"enable_offline_mode,omitempty"`
	EnablePromptCaching        *bool              `json:"enable_prompt_caching,omitempty"`
	SaveFlaggedPrompts         *bool              `json:"save_flagged_prompts,omitempty"`
	StudyModePrompt            *string            `json:"study_mode_prompt,omitempty"`
	ShowRagImages              *bool              `json:"show_rag_images,omitempty"`
	StarterPrompts             *string            `json:"starter_prompts,omitempty"`
	ShowExploreMentors         *bool              `json:"show_explore_mentors,omitempty"`
	EmbedIconSelectionData     json.RawMessage    `json:"embed_icon_selection_data,omitempty"`
	EnableModeration           *bool              `json:"enable_moderation,omitempty"`
	EnableMultiQueryRag        *bool              `json:"enable_multi_query_rag,omitempty"`
	EnablePostProcessingSystem *bool              `json:"enable_post_processing_system,omitempty"`
	EnableOpenaiAssistant      *bool              `json:"enable_openai_assistant,omitempty"`
	EnableTotalGrounding       *bool              `json:"enable_total_grounding,omitempty"`
	EnableSuggestedPrompts     *bool              `json:"enable_suggested_prompts,omitempty"`
	EnableGuidedPrompts        *bool              `json:"enable_guided_prompts,omitempty"`
	GuidedPromptInstructions   *string            `json:"guided_prompt_instructions,omitempty"`
	GoogleVoice                *int64             `json:"google_voice,omitempty"`
	OpenaiVoice                *int64             `json:"openai_voice,omitempty"`
	Categories                 []*Category        `json:"categories,omitempty"`
	Types                      []*Label           `json:"types,omitempty"`
	IsFeatured                 *bool              `json:"is_featured,omitempty"`
	Subjects                   []*Label           `json:"subjects,omitempty"`
	ProactivePrompt            *string            `json:"proactive_prompt,omitempty"`
	Disclaimer                 *string            `json:"disclaimer,omitempty"`
	EnableDisclaimer           *bool              `json:"enable_disclaimer,omitempty"`
	ShowAttachment             *bool              `json:"show_attachment,omitempty"`
	ShowVoiceCall              *bool              `json:"show_voice_call,omitempty"`
	ShowVoiceRecord            *bool              `json:"show_voice_record,omitempty"`
	EmbedIsContextAware        *bool              `json:"embed_is_context_aware,omitempty"`
	EmbedOpenByDefault         *bool              `json:"embed_open_by_default,omitempty"`
	EmbedShowAttachment        *bool              `json:"embed_show_attachment,omitempty"`
	EmbedShowVoiceCall         *bool              `json:"embed_show_voice_call,omitempty"`
	EmbedShowVoiceRecord       *bool              `json:"embed_show_voice_record,omitempty"`
	PlaceholderPrompt          *string            `json:"placeholder_prompt,omitempty"`
	ModerationSystemPrompt     *string            `json:"moderation_system_prompt,omitempty"`
	PostProcessingPrompt       *string            `json:"post_processing_prompt,omitempty"`
	ModerationResponse         *string            `json:"moderation_response,omitempty"`
	SafetySystemPrompt         *string            `json:"safety_system_prompt,omitempty"`
	SafetyResponse             *string            `json:"safety_response,omitempty"`
	EnableSafetySystem         *bool              `json:"enable_safety_system,omitempty"`
	ProactiveResponse          *string            `json:"proactive_response,omitempty"`
	GreetingMethod             *string            `json:"greeting_method,omitempty"`
	CallConfiguration          *CallConfiguration `json:"call_configuration,omitempty"`
	McpServers                 []*MCPServer       `json:"mcp_servers,omitempty"`
	LastAccessedBy             *int64             `json:"last_accessed_by,omitempty"`
	RecentlyAccessedAt         *github.Timestamp  `json:"recently_accessed_at,omitempty"`
	CreatedBy                  *string            `json:"created_by,omitempty"`
	CreatedAt                  *github.Timestamp  `json:"created_at,omitempty"`
	UpdatedAt                  *github.Timestamp  `json:"updated_at,omitempty"`
}

// Label is an audience, a type or a subject, which have the same fields.
type Label struct {
	ID          *int64  `json:"id,omitempty"`
	Name        *string `json:"name,omitempty"`
	Description *string `json:"description,omitempty"`
}

// Category is a category of mentors.
type Category struct {
	ID            *int64   `json:"id,omitempty"`
	Name          *string  `json:"name,omitempty"`
	Description   *string  `json:"description,omitempty"`
	CategoryGroup *int64   `json:"category_group,omitempty"`
	Audience      *Label   `json:"audience,omitempty"`
	Audiences     []*Label `json:"audiences,omitempty"`
}

// CallConfiguration configures voice calls with a mentor.
type CallConfiguration struct {
	ID                           *int64  `json:"id,omitempty"`
	Mentor                       *string `json:"mentor,omitempty"`
	Mode                         *string `json:"mode,omitempty"`
	Language                     *string `json:"language,omitempty"`
	ScreensharingSystemPrompt    *string `json:"screensharing_system_prompt,omitempty"`
	ScreensharingProactivePrompt *string `json:"screensharing_proactive_prompt,omitempty"`
	TtsProvider                  *string `json:"tts_provider,omitempty"`
	SttProvider                  *string `json:"stt_provider,omitempty"`
	LlmProvider                  *string `json:"llm_provider,omitempty"`
	UseFunctionCallingForRag     *bool   `json:"use_function_calling_for_rag,omitempty"`
	GoogleVoice                  *Voice  `json:"google_voice,omitempty"`
	OpenaiVoice                  *Voice  `json:"openai_voice,omitempty"`
	OpenaiVoiceID                *int64  `json:"openai_voice_id,omitempty"`
	GoogleVoiceID                *int64  `json:"google_voice_id,omitempty"`
	EnableVideo                  *bool   `json:"enable_video,omitempty"`
	PlatformKey                  *string `json:"platform_key,omitempty"`
}

// Voice is a voice for calls.
type Voice struct {
	ID          *int64  `json:"id,omitempty"`
	Name        *string `json:"name,omitempty"`
	Provider    *string `json:"provider,omitempty"`
	Language    *string `json:"language,omitempty"`
	Description *string `json:"description,omitempty"`
	AudioURL    *string `json:"audio_url,omitempty"`
}

// MCPServer is a server whose tools a mentor can use.
type MCPServer struct {
	ID               *int64            `json:"id,omitempty"`
	Platform         *int64            `json:"platform,omitempty"`
	Name             *string           `json:"name,omitempty"`
	Description      *string           `json:"description,omitempty"`
	URL              *string           `json:"url,omitempty"`
	Image            *string           `json:"image,omitempty"`
	Mentor           *int64            `json:"mentor,omitempty"`
	Owner            *string           `json:"owner,omitempty"`
	AuthScope        *string           `json:"auth_scope,omitempty"`
	OAuthService     *int64            `json:"oauth_service,omitempty"`
	OAuthServiceData *OAuthService     `json:"oauth_service_data,omitempty"`
	Transport        *string           `json:"transport,omitempty"`
	Credentials      *string           `json:"credentials,omitempty"`
	ExtraHeaders     json.RawMessage   `json:"extra_headers,omitempty"`
	PlatformKey      *string           `json:"platform_key,omitempty"`
	IsFeatured       *bool             `json:"is_featured,omitempty"`
	AuthType         *string           `json:"auth_type,omitempty"`
	IsEnabled        *bool             `json:"is_enabled,omitempty"`
	CreatedAt        *github.Timestamp `json:"created_at,omitempty"`
	UpdatedAt        *github.Timestamp `json:"updated_at,omitempty"`
}

// OAuthService is the service for which an MCP server needs OAuth.
type OAuthService struct {
	ID              *int64            `json:"id,omitempty"`
	OAuthProvider   *string           `json:"oauth_provider,omitempty"`
	OAuthProviderID *int64            `json:"oauth_provider_id,omitempty"`
	Name            *string           `json:"name,omitempty"`
	DisplayName     *string           `json:"display_name,omitempty"`
	Description     *string           `json:"description,omitempty"`
	Scope           *string           `json:"scope,omitempty"`
	Image           *string           `json:"image,omitempty"`
	CreatedAt       *github.Timestamp `json:"created_at,omitempty"`
	UpdatedAt       *github.Timestamp `json:"updated_at,omitempty"`
}
