// Code generated from openapi.yaml by oapi-codegen v2.8.2. DO NOT EDIT.

package client

import (
	"encoding/json"
	"time"

	"github.com/iblai/iblai-go/client/api"
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

// The known values of LLMProvider.
const (
	LLMProviderGoogle LLMProvider = "google"
	LLMProviderOpenAI LLMProvider = "openai"
)

// The known values of VoiceProvider.
const (
	VoiceProviderElevenLabs VoiceProvider = "elevenlabs"
	VoiceProviderGoogle     VoiceProvider = "google"
	VoiceProviderOpenAI     VoiceProvider = "openai"
)

// The known values of STTProvider.
const (
	STTProviderCartesia STTProvider = "cartesia"
	STTProviderDeepgram STTProvider = "deepgram"
	STTProviderGoogle   STTProvider = "google"
	STTProviderOpenAI   STTProvider = "openai"
)

// The known values of MCPTransport.
const (
	MCPTransportSSE            MCPTransport = "sse"
	MCPTransportStreamableHTTP MCPTransport = "streamable_http"
	MCPTransportWebSocket      MCPTransport = "websocket"
)

// The known values of TTSProvider.
const (
	TTSProviderElevenLabs TTSProvider = "elevenlabs"
	TTSProviderGoogle     TTSProvider = "google"
	TTSProviderOpenAI     TTSProvider = "openai"
)

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
	// Id of the configuration.
	ID int64 `json:"id"`

	// Unique id of the mentor.
	Mentor string `json:"mentor"`

	// How speech is answered.
	Mode CallConfigurationMode `json:"mode"`

	// Provider of speech synthesis.
	TTSProvider TTSProvider `json:"tts_provider"`

	// Provider of speech recognition.
	STTProvider STTProvider `json:"stt_provider"`

	// Provider of the language model.
	LLMProvider LLMProvider `json:"llm_provider"`

	// Whether the model requests documents itself, instead of getting them
	// before it answers.
	UseFunctionCallingForRAG bool `json:"use_function_calling_for_rag"`

	// The Google voice.
	GoogleVoice Voice `json:"google_voice"`

	// The OpenAI voice.
	OpenAIVoice Voice `json:"openai_voice"`

	// Id of the OpenAI voice.
	OpenAIVoiceID *int64 `json:"openai_voice_id"`

	// Id of the Google voice.
	GoogleVoiceID *int64 `json:"google_voice_id"`

	// Whether calls have video. Only real-time calls can.
	EnableVideo bool `json:"enable_video"`

	// Key of the platform that the configuration belongs to.
	PlatformKey string `json:"platform_key"`
}

// CallConfigurationMode says how speech in calls is answered: by a real-time
// model or in turns.
type CallConfigurationMode string

// ChatMessage holds one message of a chat session.
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

	// The message, in a form that depends on the mentor's flow.
	Message json.RawMessage `json:"message"`

	// When the message was sent.
	InsertedAt Time `json:"inserted_at"`

	// Title of the session that the message belongs to.
	Title *string `json:"title"`

	// The user's feedback on the message.
	Feedback json.RawMessage `json:"feedback"`

	// The documents that the answer is based on, as any JSON.
	DocumentSources json.RawMessage `json:"document_sources"`

	// The files that came with the message.
	Files json.RawMessage `json:"files"`
}

// CrontabSchedule holds a schedule in celery's crontab notation. A task is due
// in a minute that matches all five fields. A field takes `*`, numbers, lists
// (`0,30`), ranges (`8-18`), steps (`*/15`) and, for days of the week, names
// (`mon-fri`). The times are in the server's time zone, which is UTC unless its
// operators changed it.
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

	// Days of the week, 0 (Sunday) to 6, or their English names' first three
	// letters.
	DayOfWeek string `json:"day_of_week,omitempty"`

	// Days of the month, 1 to 31.
	DayOfMonth string `json:"day_of_month,omitempty"`

	// Months of the year, 1 to 12.
	MonthOfYear string `json:"month_of_year,omitempty"`
}

// GreetingMethod says how a mentor opens a conversation: with a model's answer
// to a prompt or with a fixed text.
type GreetingMethod string

// LLMProvider names the provider of a language model.
type LLMProvider string

// MCPServer describes a Model Context Protocol server whose tools a mentor can
// use.
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
	// Id of the server.
	ID int64 `json:"id"`

	// Numeric id of the platform that the server belongs to.
	Platform int64 `json:"platform"`

	// Name of the server.
	Name string `json:"name"`

	// Description of the server's tools.
	Description string `json:"description"`

	// URL of the server.
	URL string `json:"url"`

	// URL of a picture.
	Image *string `json:"image"`

	// Transport that the server uses.
	Transport MCPTransport `json:"transport"`

	// Credentials with which the mentor authenticates.
	Credentials api.Secret `json:"credentials"`

	// Headers that are sent with requests, such as those that authenticate.
	// Releases before 4 call them headers.
	ExtraHeaders api.Secret `json:"extra_headers"`

	// Key of the platform that the server belongs to.
	PlatformKey string `json:"platform_key"`

	// Whether other platforms can use the server too.
	IsFeatured bool `json:"is_featured"`

	// How the mentor authenticates.
	AuthType MCPAuthType `json:"auth_type"`

	// Whether mentors can use the server.
	IsEnabled bool `json:"is_enabled"`

	// When the server was added.
	CreatedAt Time `json:"created_at"`

	// When the server was last changed.
	UpdatedAt Time `json:"updated_at"`
}

// Mentor describes an AI mentor.
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
	// Numeric id of the mentor. Releases before 4 do not send it.
	ID int64 `json:"id"`

	// Display name of the mentor.
	Name string `json:"name"`

	// Unique id of the mentor, by which other objects refer to it.
	UniqueID string `json:"unique_id"`

	// The mentor's Langflow definition, as any JSON.
	Flow json.RawMessage `json:"flow"`

	// Name of the mentor in URLs.
	Slug string `json:"slug"`

	// Key of the platform that the mentor belongs to.
	Platform string `json:"platform"`

	// Whether unauthenticated users can talk to the mentor.
	AllowAnonymous bool `json:"allow_anonymous"`

	// Metadata that the platform stores with the mentor, as any JSON.
	Metadata json.RawMessage `json:"metadata"`

	// Whether questions are moderated before they are answered.
	EnableModeration bool `json:"enable_moderation"`

	// Whether documents are searched with several variants of a question.
	EnableMultiQueryRAG bool `json:"enable_multi_query_rag"`

	// Whether answers are rewritten by post_processing_prompt.
	EnablePostProcessingSystem bool `json:"enable_post_processing_system"`

	// Whether the mentor is an OpenAI assistant.
	//
	// Deprecated: the template mentor decides that now.
	EnableOpenAIAssistant bool `json:"enable_openai_assistant"`

	// Whether answers are limited to the mentor's documents.
	EnableTotalGrounding bool `json:"enable_total_grounding"`

	// Whether questions written by administrators are suggested.
	EnableSuggestedPrompts bool `json:"enable_suggested_prompts"`

	// Whether questions generated from the conversation are suggested.
	EnableGuidedPrompts bool `json:"enable_guided_prompts"`

	// Instructions by which suggested questions are generated.
	GuidedPromptInstructions string `json:"guided_prompt_instructions"`

	// Id of the mentor's Google voice.
	GoogleVoice *int64 `json:"google_voice"`

	// Id of the mentor's OpenAI voice.
	OpenAIVoice *int64 `json:"openai_voice"`

	// Categories of the mentor.
	Categories []MentorCategory `json:"categories"`

	// Types of the mentor. Releases before 4 do not send them.
	Types []MentorType `json:"types"`

	// Whether the mentor is featured.
	IsFeatured bool `json:"is_featured"`

	// Subjects that the mentor knows. Releases before 4 do not send them.
	Subjects []Subject `json:"subjects"`

	// Prompt that opens a conversation when greeting_method is
	// proactive_prompt.
	ProactivePrompt string `json:"proactive_prompt"`

	// Text that users see before they talk to the mentor.
	Disclaimer string `json:"disclaimer"`

	// Whether the disclaimer is shown.
	EnableDisclaimer bool `json:"enable_disclaimer"`

	// Whether files can be attached.
	ShowAttachment bool `json:"show_attachment"`

	// Whether the mentor can be called.
	ShowVoiceCall bool `json:"show_voice_call"`

	// Whether speech can be recorded.
	ShowVoiceRecord bool `json:"show_voice_record"`

	// Whether an embedded mentor reads the page around it.
	EmbedIsContextAware bool `json:"embed_is_context_aware"`

	// Whether an embedded mentor is open at first.
	EmbedOpenByDefault bool `json:"embed_open_by_default"`

	// Whether files can be attached to an embedded mentor.
	EmbedShowAttachment bool `json:"embed_show_attachment"`

	// Whether an embedded mentor can be called.
	EmbedShowVoiceCall bool `json:"embed_show_voice_call"`

	// Whether speech can be recorded for an embedded mentor.
	EmbedShowVoiceRecord bool `json:"embed_show_voice_record"`

	// Placeholder of the input field.
	PlaceholderPrompt string `json:"placeholder_prompt"`

	// Prompt that moderates questions.
	ModerationSystemPrompt string `json:"moderation_system_prompt"`

	// Prompt that rewrites answers.
	PostProcessingPrompt string `json:"post_processing_prompt"`

	// Answer to a question that the moderation refuses.
	ModerationResponse string `json:"moderation_response"`

	// Prompt that checks answers.
	SafetySystemPrompt string `json:"safety_system_prompt"`

	// Text that replaces an answer that fails the check.
	SafetyResponse string `json:"safety_response"`

	// Whether answers are checked before they are sent.
	EnableSafetySystem bool `json:"enable_safety_system"`

	// Text that opens a conversation when greeting_method is
	// proactive_response.
	ProactiveResponse string `json:"proactive_response"`

	// How the mentor opens a conversation.
	GreetingMethod GreetingMethod `json:"greeting_method"`

	// Configuration of voice calls with the mentor.
	CallConfiguration CallConfiguration `json:"call_configuration"`

	// Servers whose tools the mentor can use.
	MCPServers []MCPServer `json:"mcp_servers"`

	// Id in edX of the user who talked to the mentor last.
	LastAccessedBy *int64 `json:"last_accessed_by"`

	// When a user last talked to the mentor.
	RecentlyAccessedAt *Time `json:"recently_accessed_at"`

	// User who created the mentor.
	CreatedBy *string `json:"created_by"`

	// When the mentor was created.
	CreatedAt *Time `json:"created_at"`

	// When the mentor was last changed.
	UpdatedAt *Time `json:"updated_at"`
}

// MentorAudience describes people that a category of mentors is for.
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
}

// MentorCategory describes a category of mentors.
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
	// Id of the category.
	ID int64 `json:"id"`

	// Name of the category.
	Name string `json:"name"`

	// Description of the category.
	Description *string `json:"description"`

	// Id of the group that the category belongs to.
	CategoryGroup *int64 `json:"category_group"`

	// Audience of the category.
	Audience MentorAudience `json:"audience"`

	// All audiences of the category.
	Audiences []MentorAudience `json:"audiences"`
}

// MentorType describes a type of mentors.
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
}

// PeriodicAgentUpdateRequest changes a periodic agent. Fields that are left out
// keep their values; read-only fields are not part of it.
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
	// Unique id of the mentor to run.
	Mentor *string `json:"mentor,omitempty"`

	// Display name of the agent.
	Title *string `json:"title,omitempty"`

	// Description of the agent.
	Description *string `json:"description,omitempty"`

	// Prompt that the mentor gets at every run.
	Prompt *string `json:"prompt,omitempty"`

	// When the agent runs.
	Task *PeriodicTaskUpdateRequest `json:"task,omitempty"`

	// Pathway that the agent's sessions belong to.
	Pathway *string `json:"pathway,omitempty"`

	// URL to which the result of every run is posted; empty for none.
	CallbackURL *string `json:"callback_url,omitempty"`

	// Secret that signs the posts to callback_url.
	CallbackSecret *api.Secret `json:"callback_secret,omitempty"`

	// Chat session in which the agent was created.
	ParentSessionID *string `json:"parent_session_id,omitempty"`

	// Numeric id of the mentor that created the agent.
	ParentMentorID Nullable[int64] `json:"parent_mentor_id,omitzero"`

	// Id of the agent that must have run before this one runs.
	PreviousAgent Nullable[int64] `json:"previous_agent,omitzero"`

	// Status that the previous agent must have for this one to run.
	PreviousAgentStatus *api.Status `json:"previous_agent_status,omitempty"`
}

// PeriodicTaskUpdateRequest changes when an agent runs. Fields that are left
// out keep their values.
//
// Example:
//
//	{
//	  "enabled": false
//	}
type PeriodicTaskUpdateRequest struct {
	// Changes to the minutes at which the task is due.
	Crontab *CrontabSchedule `json:"crontab,omitempty"`

	// Whether the task is disabled after one run.
	OneOff *bool `json:"one_off,omitempty"`

	// Time before which the task never runs.
	StartTime Nullable[time.Time] `json:"start_time,omitzero"`

	// Whether the task runs at all.
	Enabled *bool `json:"enabled,omitempty"`
}

// PeriodicAgent runs a mentor on a schedule.
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
//	    "one_off": false,
//	    "start_time": null
//	  },
//	  "title": "Morning digest",
//	  "username": "ada"
//	}
type PeriodicAgent struct {
	// Id of the agent.
	ID int64 `json:"id"`

	// The mentor that runs.
	Mentor Mentor `json:"mentor"`

	// Display name of the agent.
	Title string `json:"title"`

	// User who created the agent. It runs with this user's credentials.
	Username string `json:"username"`

	// Description of the agent.
	Description string `json:"description"`

	// Prompt that the mentor gets at every run.
	Prompt string `json:"prompt"`

	// When the agent runs.
	Task PeriodicTask `json:"task"`

	// When the agent was created.
	CreatedAt Time `json:"created_at"`

	// When the agent was last changed.
	ModifiedAt Time `json:"modified_at"`

	// Copy of task.enabled, which can be written.
	Enabled bool `json:"enabled"`

	// Copy of task.one_off, which can be written.
	OneOff bool `json:"one_off"`

	// Key of the platform that the agent belongs to.
	PlatformKey string `json:"platform_key"`

	// Pathway that the agent's sessions belong to.
	Pathway string `json:"pathway"`

	// URL to which the result of every run is posted; empty for none.
	CallbackURL string `json:"callback_url"`

	// Secret that signs the posts to callback_url.
	CallbackSecret api.Secret `json:"callback_secret"`

	// Chat session in which the agent was created.
	ParentSessionID string `json:"parent_session_id"`

	// Numeric id of the mentor that created the agent.
	ParentMentorID *int64 `json:"parent_mentor_id"`

	// Id of the agent that must have run before this one runs.
	PreviousAgent *int64 `json:"previous_agent"`

	// Status that the previous agent must have for this one to run.
	PreviousAgentStatus api.Status `json:"previous_agent_status"`

	// Latest output of the previous agent. It becomes part of this agent's
	// prompt.
	PreviousAgentOutput string `json:"previous_agent_output"`
}

// PeriodicAgentCreateRequest describes a periodic agent to be created, or to
// replace another. Read-only fields are not part of it.
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
	// Unique id of the mentor to run.
	Mentor string `json:"mentor,omitzero"`

	// Display name of the agent.
	Title string `json:"title,omitzero"`

	// Description of the agent.
	Description *string `json:"description,omitempty"`

	// Prompt that the mentor gets at every run.
	Prompt *string `json:"prompt,omitempty"`

	// When the agent runs.
	Task PeriodicTaskRequest `json:"task,omitzero"`

	// Pathway that the agent's sessions belong to.
	Pathway *string `json:"pathway,omitempty"`

	// URL to which the result of every run is posted; empty for none.
	CallbackURL *string `json:"callback_url,omitempty"`

	// Secret that signs the posts to callback_url.
	CallbackSecret *api.Secret `json:"callback_secret,omitempty"`

	// Chat session in which the agent was created.
	ParentSessionID *string `json:"parent_session_id,omitempty"`

	// Numeric id of the mentor that created the agent.
	ParentMentorID Nullable[int64] `json:"parent_mentor_id,omitzero"`

	// Id of the agent that must have run before this one runs.
	PreviousAgent Nullable[int64] `json:"previous_agent,omitzero"`

	// Status that the previous agent must have for this one to run.
	PreviousAgentStatus *api.Status `json:"previous_agent_status,omitempty"`
}

// PeriodicAgentLog records one run of an agent.
//
// Example:
//
//	{
//	  "content": "Loaded 3 documents. Answered.",
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

	// Text that the run has logged, from start to end.
	Content string `json:"content"`

	// Status of the run.
	Status api.Status `json:"status"`

	// When the run started.
	StartTime Time `json:"start_time"`

	// When the run finished.
	EndTime *Time `json:"end_time"`

	// When the log was created.
	CreatedAt Time `json:"created_at"`

	// When the log was last changed.
	ModifiedAt Time `json:"modified_at"`

	// Id of the agent that ran.
	PeriodicAgent int64 `json:"periodic_agent"`
}

// PeriodicAgentStatistics counts agents by the status of their latest run.
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

	// Number of agents whose latest run has succeeded.
	SucceededTasks int64 `json:"succeeded_tasks"`

	// Number of agents whose latest run has failed.
	FailedTasks int64 `json:"failed_tasks"`

	// Number of agents whose latest run has not finished.
	RunningTasks int64 `json:"running_tasks"`

	// Number of agents that have not run yet.
	PendingTasks int64 `json:"pending_tasks"`
}

// PeriodicTask says when an agent runs.
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
//	  "one_off": false,
//	  "start_time": null
//	}
type PeriodicTask struct {
	// Id of the task.
	ID int64 `json:"id"`

	// Name of the task, generated by the service.
	Name string `json:"name"`

	// The minutes at which the task is due.
	Crontab CrontabSchedule `json:"crontab"`

	// Whether the task is disabled after one run.
	OneOff bool `json:"one_off"`

	// Time before which the task never runs.
	StartTime *Time `json:"start_time"`

	// Whether the task runs at all.
	Enabled bool `json:"enabled"`
}

// PeriodicTaskRequest says when a new or replaced agent runs.
//
// Example:
//
//	{
//	  "crontab": {
//	    "day_of_week": "mon-fri",
//	    "hour": "8",
//	    "minute": "0"
//	  },
//	  "start_time": "2026-01-05T00:00:00Z"
//	}
type PeriodicTaskRequest struct {
	// The minutes at which the task is due.
	Crontab CrontabSchedule `json:"crontab,omitzero"`

	// Whether the task is disabled after one run.
	OneOff *bool `json:"one_off,omitempty"`

	// Time before which the task never runs.
	StartTime Nullable[time.Time] `json:"start_time,omitzero"`

	// Whether the task runs at all; true if it is left out.
	Enabled *bool `json:"enabled,omitempty"`
}

// Pin records that a user has pinned a chat session.
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

	// Key of the platform that the pin belongs to.
	Platform string `json:"platform"`

	// User who pinned the session.
	Username string `json:"username"`

	// Id of the chat session.
	SessionID *string `json:"session_id"`
}

// PinnedSession holds a pinned chat session with its mentor and its messages.
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

	// The mentor of the session.
	Mentor Mentor `json:"mentor"`

	// The messages of the session.
	Messages []ChatMessage `json:"messages"`
}

// pinRequest names the chat session to pin or unpin.
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

// VoiceProvider names the provider of a voice.
type VoiceProvider string

// STTProvider names the provider of speech recognition.
type STTProvider string

// Subject describes a subject that mentors know.
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
}

// MCPTransport names the transport that an MCP server uses.
type MCPTransport string

// TTSProvider names the provider of speech synthesis.
type TTSProvider string

// Voice describes a voice for calls.
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

	// Language that the voice speaks.
	Language string `json:"language"`

	// Description of the voice.
	Description string `json:"description"`

	// URL of a sample.
	AudioURL string `json:"audio_url"`
}

// MentorListParams are the filters of MentorsService.List and All. The zero
// value of a field leaves it out.
type MentorListParams struct {
	// Only mentors of this department.
	DepartmentID int64 `form:"department_id,omitempty" json:"department_id,omitempty"`

	// Name of a server-side selection, such as the mentors used most recently.
	FilterBy string `form:"filter_by,omitempty" json:"filter_by,omitempty"`

	// Only mentors that are featured, or only those that are not.
	IsFeatured *bool `form:"is_featured,omitempty" json:"is_featured,omitempty"`

	// Only mentors whose metadata has this key.
	MetadataKey string `form:"metadata_key,omitempty" json:"metadata_key,omitempty"`

	// Only mentors whose metadata has this value under metadata_key.
	MetadataValue string `form:"metadata_value,omitempty" json:"metadata_value,omitempty"`

	// Number of the page, from 1.
	Page int64 `form:"page,omitempty" json:"page,omitempty"`

	// Items on a page. The server has a default and silently caps larger
	// values.
	PageSize int64 `form:"page_size,omitempty" json:"page_size,omitempty"`

	// Whether to send the user's latest session with each mentor.
	ReturnSessionInformation *bool `form:"return_session_information,omitempty" json:"return_session_information,omitempty"`

	// Only mentors of this visibility.
	Visibility string `form:"visibility,omitempty" json:"visibility,omitempty"`
}

// PeriodicAgentLogListParams are the filters of PeriodicAgentLogsService.List
// and All. The zero value of a field leaves it out.
type PeriodicAgentLogListParams struct {
	// Only logs of agents of the mentor with this unique id.
	MentorID string `form:"mentor_id,omitempty" json:"mentor_id,omitempty"`

	// Field to sort by; a leading minus sorts downwards, as in -created_at.
	Ordering string `form:"ordering,omitempty" json:"ordering,omitempty"`

	// Number of the page, from 1.
	Page int64 `form:"page,omitempty" json:"page,omitempty"`

	// Items on a page. The server has a default and silently caps larger
	// values.
	PageSize int64 `form:"page_size,omitempty" json:"page_size,omitempty"`

	// Only logs of agents that this mentor created.
	ParentMentorID string `form:"parent_mentor_id,omitempty" json:"parent_mentor_id,omitempty"`

	// Only logs of agents that were created in this chat session.
	ParentSessionID string `form:"parent_session_id,omitempty" json:"parent_session_id,omitempty"`

	// Only logs of the agent with this id. An unknown id is an error, not an
	// empty list.
	PeriodicAgent int64 `form:"periodic_agent,omitempty" json:"periodic_agent,omitempty"`

	// Only logs whose texts contain these words.
	Search string `form:"search,omitempty" json:"search,omitempty"`

	// Only logs of runs with this status.
	Status api.Status `form:"status,omitempty" json:"status,omitempty"`

	// Only logs of agents that this user created.
	Username string `form:"username,omitempty" json:"username,omitempty"`
}

// PeriodicAgentListParams are the filters of PeriodicAgentsService.List and
// All. The zero value of a field leaves it out.
type PeriodicAgentListParams struct {
	// Only enabled agents, or only disabled ones.
	Enabled *bool `form:"enabled,omitempty" json:"enabled,omitempty"`

	// Only agents of the mentor with this unique id.
	MentorID string `form:"mentor_id,omitempty" json:"mentor_id,omitempty"`

	// Field to sort by; a leading minus sorts downwards, as in -created_at.
	Ordering string `form:"ordering,omitempty" json:"ordering,omitempty"`

	// Number of the page, from 1.
	Page int64 `form:"page,omitempty" json:"page,omitempty"`

	// Items on a page. The server has a default and silently caps larger
	// values.
	PageSize int64 `form:"page_size,omitempty" json:"page_size,omitempty"`

	// Only agents that the mentor with this numeric id created.
	ParentMentorID int64 `form:"parent_mentor_id,omitempty" json:"parent_mentor_id,omitempty"`

	// Only agents that were created in this chat session.
	ParentSessionID string `form:"parent_session_id,omitempty" json:"parent_session_id,omitempty"`

	// Only agents that wait for the agent with this id. An unknown id is an
	// error, not an empty list.
	PreviousAgent int64 `form:"previous_agent,omitempty" json:"previous_agent,omitempty"`

	// Only agents that wait for their previous agent to have this status.
	PreviousAgentStatus api.Status `form:"previous_agent_status,omitempty" json:"previous_agent_status,omitempty"`

	// Only agents whose texts contain these words.
	Search string `form:"search,omitempty" json:"search,omitempty"`

	// Only agents whose latest run has this status; pending means that the
	// agent has not run yet.
	Status api.Status `form:"status,omitempty" json:"status,omitempty"`

	// Only agents with this title.
	Title string `form:"title,omitempty" json:"title,omitempty"`

	// Only agents that this user created.
	Username string `form:"username,omitempty" json:"username,omitempty"`
}

// PeriodicAgentStatisticsParams are the filters of
// PeriodicAgentsService.Statistics. The zero value of a field leaves it out.
type PeriodicAgentStatisticsParams struct {
	// Count only agents of the mentor with this unique id.
	MentorID string `form:"mentor_id,omitempty" json:"mentor_id,omitempty"`
}
