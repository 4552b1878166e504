package oapi

// This package is the client that oapi-codegen generates from openapi.yaml by
// default. It is not in the repository: go generate in internal/benchmark
// writes it.
