package doctor

import (
	"reflect"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// knownValues are the values of the SDK's enumerations. Go can't list the
// constants of a type, so a test compares them with the SDK's source.
var knownValues = map[reflect.Type][]string{
	reflect.TypeFor[client.CallConfigurationMode](): stringsOf(client.CallConfigurationModeInference, client.CallConfigurationModeRealtime),
	reflect.TypeFor[client.ChatInterface]():         stringsOf(client.ChatInterfaceAPI, client.ChatInterfaceChat),
	reflect.TypeFor[client.GreetingMethod]():        stringsOf(client.GreetingMethodProactivePrompt, client.GreetingMethodProactiveResponse),
	reflect.TypeFor[client.LLMProvider]():           stringsOf(client.LLMProviderAzureOpenAI, client.LLMProviderGoogle, client.LLMProviderOpenAI),
	reflect.TypeFor[client.MCPAuthScope]():          stringsOf(client.MCPAuthScopeMentor, client.MCPAuthScopePlatform, client.MCPAuthScopeUser),
	reflect.TypeFor[client.MCPAuthType]():           stringsOf(client.MCPAuthTypeNone, client.MCPAuthTypeOAuth2, client.MCPAuthTypeToken),
	reflect.TypeFor[client.MCPTransport]():          stringsOf(client.MCPTransportSSE, client.MCPTransportStreamableHTTP, client.MCPTransportWebSocket),
	reflect.TypeFor[api.Status]():                   stringsOf(api.StatusError, api.StatusPending, api.StatusRunning, api.StatusSuccess),
	reflect.TypeFor[client.StarterPrompts]():        stringsOf(client.StarterPromptsGuidedPrompt, client.StarterPromptsSuggestedPrompt),
	reflect.TypeFor[client.STTProvider]():           stringsOf(client.STTProviderAzureOpenAI, client.STTProviderCartesia, client.STTProviderDeepgram, client.STTProviderGoogle, client.STTProviderOpenAI),
	reflect.TypeFor[client.TTSProvider]():           stringsOf(client.TTSProviderAzureOpenAI, client.TTSProviderElevenLabs, client.TTSProviderGoogle, client.TTSProviderOpenAI),
	reflect.TypeFor[client.VoiceProvider]():         stringsOf(client.VoiceProviderElevenLabs, client.VoiceProviderGoogle, client.VoiceProviderOpenAI),
}

func stringsOf[T ~string](all ...T) []string {
	texts := make([]string, len(all))
	for i, value := range all {
		texts[i] = string(value)
	}
	return texts
}
