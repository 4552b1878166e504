package easyjson

// This package has the types of package oapi, and decoders that easyjson
// generates for them. They are not in the repository: go generate in
// internal/benchmark writes them.
