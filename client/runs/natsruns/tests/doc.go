// Package tests holds the tests of package natsruns, which need an embedded NATS
// server. It is a
// module of its own, so that the server is not among the requirements of
// programs that import natsruns.
package tests
