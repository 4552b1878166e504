// Package api has the types that package client and the packages beside it
// share: secrets, the status of a run, unknown fields, and the error that
// reports an invalid argument.
package api
