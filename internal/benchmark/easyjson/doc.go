// Package easyjson has the types of package oapi, and decoders that easyjson
// generates for them.
package easyjson
