package ogen

// This package is the client that ogen generates from openapi.yaml. It is not in
// the repository: go generate in internal/benchmark writes it.
