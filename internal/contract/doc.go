// Package contract holds the client and the sandbox to openapi.yaml, and the
// sandbox's control API to control.yaml, with tools that are not ours: kin-openapi,
// and Stoplight Prism as a mock server and as a proxy that validates what goes
// through it. It is a module of its own, so that they reach no importer of the SDK.
//
// Prism is installed by npm ci in internal/tools/npm. It is 5.14.2, the last
// for Node 20: those from 5.15 on ask for 24, and 5.16.0 waits forever when a body
// is no JSON.
package contract
