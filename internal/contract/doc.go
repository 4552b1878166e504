// Package contract holds the client and the sandbox to openapi.yaml, with a
// validator that is not ours. It is a module of its own, so that the validator
// reaches no importer of the SDK.
package contract
