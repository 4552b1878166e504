package sandbox

import (
	"net/http"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/reshape"
)

const (
	unknownField = `"field_of_a_later_release":{"level":2,"tags":["new",null]}`
	unknownValue = "value_of_a_later_release"
)

// enumFields are the API's fields with enum values.
var enumFields = map[string]bool{
	"auth_scope":            true,
	"auth_type":             true,
	"greeting_method":       true,
	"interface":             true,
	"llm_provider":          true,
	"mode":                  true,
	"previous_agent_status": true,
	"provider":              true,
	"starter_prompts":       true,
	"status":                true,
	"stt_provider":          true,
	"transport":             true,
	"tts_provider":          true,
}

// freeFields are the API's fields with free-form JSON.
var freeFields = map[string]bool{
	"document_sources":          true,
	"embed_icon_selection_data": true,
	"extra_headers":             true,
	"headers":                   true,
	"feedback":                  true,
	"files":                     true,
	"flow":                      true,
	"message":                   true,
	"metadata":                  true,
}

// reshape changes the JSON of an operation's response as an effect says.
func (d *draft) reshape(effect *RequestEffect, operation OperationID) {
	if d.header.Get("Content-Type") != django.JSONType {
		return
	}
	c := reshape.Changes{Free: freeFields, ReplaceString: func(name, text string) string {
		switch {
		case effect.UnknownEnums && enumFields[name]:
			return unknownValue
		case effect.LinkOrigin != "" && (name == "next" || name == "previous"):
			_, rest, _ := strings.Cut(text, "://")
			return effect.LinkOrigin + rest[strings.IndexByte(rest, '/'):]
		}
		return text
	}}
	if effect.UnknownFields {
		c.ExtraField = unknownField
	}
	if effect.OlderRelease && d.status < http.StatusMultipleChoices {
		c.Shape, c.Rename = olderShapes[operation], map[string]string{"extra_headers": "headers"}
	}
	d.setBody(django.JSONType, c.Apply(d.body))
}

// olderShapes are the responses of release 3.59.0 by operation.
var olderShapes = map[OperationID]reshape.Shape{
	OperationMentorsList:           olderPage(olderMentor),
	OperationPeriodicAgentsList:    olderPage(olderAgent),
	OperationPeriodicAgentsCreate:  olderAgent,
	OperationPeriodicAgentsGet:     olderAgent,
	OperationPeriodicAgentsReplace: olderAgent,
	OperationPeriodicAgentsUpdate:  olderAgent,
	OperationPinnedMessagesList:    {"session_id": nil, "mentor": olderMentor, "messages": nil},
}

func olderPage(of reshape.Shape) reshape.Shape {
	return reshape.Shape{"count": nil, "next": nil, "previous": nil, "results": of}
}

var olderAgent = reshape.Shape{
	"id": nil, "mentor": olderMentor, "title": nil, "username": nil, "prompt": nil,
	"task":        {"name": nil, "crontab": nil, "one_off": nil, "start_time": nil, "enabled": nil},
	"modified_at": nil, "enabled": nil, "one_off": nil, "pathway": nil,
	"callback_url": nil, "callback_secret": nil, "parent_session_id": nil, "parent_mentor_id": nil,
	"previous_agent": nil, "previous_agent_status": nil, "previous_agent_output": nil,
}

var olderMentor = reshape.Shape{
	"name": nil, "unique_id": nil, "flow": nil, "slug": nil, "platform": nil, "allow_anonymous": nil, "metadata": nil,
	"enable_moderation": nil, "enable_post_processing_system": nil, "enable_openai_assistant": nil, "enable_total_grounding": nil,
	"enable_suggested_prompts": nil, "enable_guided_prompts": nil, "guided_prompt_instructions": nil,
	"google_voice": nil, "openai_voice": nil,
	"categories":       {"description": nil, "category_group": nil, "audience": nil, "audiences": nil},
	"proactive_prompt": nil, "moderation_system_prompt": nil, "post_processing_prompt": nil, "moderation_response": nil,
	"safety_system_prompt": nil, "safety_response": nil, "enable_safety_system": nil, "proactive_response": nil, "greeting_method": nil,
	"call_configuration": {
		"mode": nil, "tts_provider": nil, "stt_provider": nil, "llm_provider": nil, "use_function_calling_for_rag": nil,
		"openai_voice_id": nil, "google_voice_id": nil, "enable_video": nil, "platform_key": nil,
	},
	"mcp_servers":      {"url": nil, "transport": nil, "headers": nil, "created_at": nil, "updated_at": nil},
	"last_accessed_by": nil, "recently_accessed_at": nil, "created_by": nil,
}
