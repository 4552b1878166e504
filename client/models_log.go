package client

import (
	"fmt"
	"log/slog"
)

// slog's JSON handler writes a value as JSON, and JSON carries secrets, since the
// API asks for them. So what has secrets is logged as it prints.

// LogValue is the agent as it prints, without its secret.
func (a PeriodicAgent) LogValue() slog.Value { return printed(a) }

// LogValue is the agent as it prints, without its secret.
func (a PeriodicAgentCreate) LogValue() slog.Value { return printed(a) }

// LogValue is the request as it prints, without its secret.
func (r PeriodicAgentCreateRequest) LogValue() slog.Value { return printed(r) }

// LogValue is the request as it prints, without its secret.
func (r PeriodicAgentUpdateRequest) LogValue() slog.Value { return printed(r) }

// LogValue is the mentor as it prints, without its servers' credentials.
func (m Mentor) LogValue() slog.Value { return printed(m) }

// LogValue is the server as it prints, without its credentials.
func (s MCPServer) LogValue() slog.Value { return printed(s) }

func printed(v any) slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }
