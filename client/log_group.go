package client

import "log/slog"

// logGroup collects the fields of a model that are logged.
type logGroup struct{ fields []slog.Attr }

func (g *logGroup) add(name string, value any) { g.fields = append(g.fields, slog.Any(name, value)) }

func (g *logGroup) value() slog.Value {
	if len(g.fields) == 0 {
		return slog.StringValue("{}") // slog leaves out an empty group and its name
	}
	return slog.GroupValue(g.fields...)
}
