package doctor

import (
	"reflect"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// knownValues are the values of enumerations for which the SDK has constants. Go
// can't list constants, so a test compares these with the SDK's source.
var knownValues = map[reflect.Type][]string{
	reflect.TypeFor[client.CallConfigurationMode](): values(client.CallConfigurationModeInference, client.CallConfigurationModeRealtime),
	reflect.TypeFor[client.ChatInterface]():         values(client.ChatInterfaceAPI, client.ChatInterfaceChat),
	reflect.TypeFor[client.GreetingMethod]():        values(client.GreetingMethodProactivePrompt, client.GreetingMethodProactiveResponse),
	reflect.TypeFor[client.LLMProvider]():           values(client.LLMProviderAzureOpenAI, client.LLMProviderGoogle, client.LLMProviderOpenAI),
	reflect.TypeFor[client.MCPAuthScope]():          values(client.MCPAuthScopeMentor, client.MCPAuthScopePlatform, client.MCPAuthScopeUser),
	reflect.TypeFor[client.MCPAuthType]():           values(client.MCPAuthTypeNone, client.MCPAuthTypeOAuth2, client.MCPAuthTypeToken),
	reflect.TypeFor[client.MCPTransport]():          values(client.MCPTransportSSE, client.MCPTransportStreamableHTTP, client.MCPTransportWebSocket),
	reflect.TypeFor[api.Status]():                   values(api.StatusError, api.StatusPending, api.StatusRunning, api.StatusSuccess),
	reflect.TypeFor[client.StarterPrompts]():        values(client.StarterPromptsGuidedPrompt, client.StarterPromptsSuggestedPrompt),
	reflect.TypeFor[client.STTProvider]():           values(client.STTProviderAzureOpenAI, client.STTProviderCartesia, client.STTProviderDeepgram, client.STTProviderGoogle, client.STTProviderOpenAI),
	reflect.TypeFor[client.TTSProvider]():           values(client.TTSProviderAzureOpenAI, client.TTSProviderElevenLabs, client.TTSProviderGoogle, client.TTSProviderOpenAI),
	reflect.TypeFor[client.VoiceProvider]():         values(client.VoiceProviderElevenLabs, client.VoiceProviderGoogle, client.VoiceProviderOpenAI),
}

func values[T ~string](all ...T) []string {
	texts := make([]string, len(all))
	for i, value := range all {
		texts[i] = string(value)
	}
	return texts
}
