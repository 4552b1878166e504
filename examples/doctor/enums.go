package main

import (
	"reflect"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// knownValues are the values of enumerations that this release of the SDK has
// constants for. Go can't list constants, so a test compares these with the
// SDK's source.
var knownValues = map[reflect.Type][]string{
	reflect.TypeFor[client.CallConfigurationMode](): texts(client.CallConfigurationModeInference, client.CallConfigurationModeRealtime),
	reflect.TypeFor[client.ChatInterface]():         texts(client.ChatInterfaceAPI, client.ChatInterfaceChat),
	reflect.TypeFor[client.GreetingMethod]():        texts(client.GreetingMethodProactivePrompt, client.GreetingMethodProactiveResponse),
	reflect.TypeFor[client.LLMProvider]():           texts(client.LLMProviderAzureOpenAI, client.LLMProviderGoogle, client.LLMProviderOpenAI),
	reflect.TypeFor[client.MCPAuthScope]():          texts(client.MCPAuthScopeMentor, client.MCPAuthScopePlatform, client.MCPAuthScopeUser),
	reflect.TypeFor[client.MCPAuthType]():           texts(client.MCPAuthTypeNone, client.MCPAuthTypeOAuth2, client.MCPAuthTypeToken),
	reflect.TypeFor[client.MCPTransport]():          texts(client.MCPTransportSSE, client.MCPTransportStreamableHTTP, client.MCPTransportWebSocket),
	reflect.TypeFor[api.Status]():                   texts(api.StatusError, api.StatusPending, api.StatusRunning, api.StatusSuccess),
	reflect.TypeFor[client.StarterPrompts]():        texts(client.StarterPromptsGuidedPrompt, client.StarterPromptsSuggestedPrompt),
	reflect.TypeFor[client.STTProvider]():           texts(client.STTProviderAzureOpenAI, client.STTProviderCartesia, client.STTProviderDeepgram, client.STTProviderGoogle, client.STTProviderOpenAI),
	reflect.TypeFor[client.TTSProvider]():           texts(client.TTSProviderAzureOpenAI, client.TTSProviderElevenLabs, client.TTSProviderGoogle, client.TTSProviderOpenAI),
	reflect.TypeFor[client.VoiceProvider]():         texts(client.VoiceProviderElevenLabs, client.VoiceProviderGoogle, client.VoiceProviderOpenAI),
}

func texts[T ~string](values ...T) []string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = string(value)
	}
	return all
}
