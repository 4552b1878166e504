// Package contract validates the client and the sandbox against openapi.yaml, and
// the sandbox's control API against control.yaml. It uses tools that are not ours:
// kin-openapi, and Stoplight Prism as a mock server and as a validating proxy. It is
// a module of its own, so that no importer of the SDK depends on them.
//
// Prism is installed by npm ci in internal/tools/npm. Its version is 5.14.2, the
// last one for Node 20: later ones need Node 24, and 5.16.0 waits forever if a body
// is not JSON.
package contract
