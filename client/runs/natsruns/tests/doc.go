// Package tests tests package natsruns with an embedded NATS server. It is a
// module of its own, so that the server is not among the requirements of
// programs that import natsruns.
package tests
