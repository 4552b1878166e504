// Package iblai holds the contract.
package iblai

//go:generate go run -C internal/tools ./generate ../..
