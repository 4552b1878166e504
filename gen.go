// Package iblai is the root of the Go SDK for ibl.ai's periodic agents. It holds
// no code: programs import github.com/iblai/iblai-go/client, whose models and
// request builders are generated from openapi.yaml, the contract.
package iblai

//go:generate go run -C internal/tools ./generate ../..
