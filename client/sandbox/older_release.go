package sandbox

import "github.com/iblai/iblai-go/client/sandbox/internal/django"

// A shape has the fields of an object, and their own shapes; nil is for any
// value, as it is. It holds for the objects of a list as well.
type shape map[string]shape

// field tells how a field is called in the shape, if it is in it.
func (s shape) field(name string) (older string, inner shape, ok bool) {
	if s == nil {
		return name, nil, true
	}
	if name == "extra_headers" {
		name = "headers"
	}
	inner, ok = s[name]
	return name, inner, ok
}

// olderShapes are what release 3.59.0 answers with, by operation.
var olderShapes = map[OperationID]shape{
	OperationMentorsList:           olderPage(olderMentor),
	OperationPeriodicAgentsList:    olderPage(olderAgent),
	OperationPeriodicAgentsCreate:  olderAgent,
	OperationPeriodicAgentsGet:     olderAgent,
	OperationPeriodicAgentsReplace: olderAgent,
	OperationPeriodicAgentsUpdate:  olderAgent,
	OperationPinnedMessagesList:    {"session_id": nil, "mentor": olderMentor, "messages": nil},
}

func olderPage(of shape) shape {
	return shape{"count": nil, "next": nil, "previous": nil, "results": of}
}

var olderAgent = shape{
	"id": nil, "mentor": olderMentor, "title": nil, "username": nil, "prompt": nil,
	"task":        {"name": nil, "crontab": nil, "one_off": nil, "start_time": nil, "enabled": nil},
	"modified_at": nil, "enabled": nil, "one_off": nil, "pathway": nil,
	"callback_url": nil, "callback_secret": nil, "parent_session_id": nil, "parent_mentor_id": nil,
	"previous_agent": nil, "previous_agent_status": nil, "previous_agent_output": nil,
}

var olderMentor = shape{
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

// nameMentor puts the unique id of a mentor in the place of its id, by which the
// release names it as well.
func (c *call) nameMentor(data any) {
	var fields map[string]any
	switch data := data.(type) {
	case django.Dict:
		fields = data
	case django.Form:
		fields = data
	}
	id, isNumber := django.ParseInt(django.Str(fields["mentor"]))
	if !isNumber {
		return
	}
	if m := c.org.mentors.byID(id); m != nil {
		fields["mentor"] = m.UniqueID
	}
}
