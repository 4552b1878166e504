package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/iblai/iblai-go/client"
)

// traced returns a RoundTripper for a client that creates a span for every
// attempt.
func traced(next http.RoundTripper, provider trace.TracerProvider) http.RoundTripper {
	return otelhttp.NewTransport(templated{next},
		otelhttp.WithTracerProvider(provider),
		otelhttp.WithSpanNameFormatter(spanName),
	)
}

// spanName returns "{method} {url.template}", as the semantic conventions
// recommend: there are only as many names as operations.
func spanName(_ string, r *http.Request) string {
	operation, _ := client.OperationFromContext(r.Context())
	return operation.Method + " " + operation.PathTemplate
}

// templated is called by otelhttp, and replaces the attributes that contain
// ids, users and queries: otelhttp sets url.full to the complete URL.
type templated struct{ next http.RoundTripper }

func (t templated) RoundTrip(r *http.Request) (*http.Response, error) {
	operation, _ := client.OperationFromContext(r.Context())
	trace.SpanFromContext(r.Context()).SetAttributes(
		attribute.String("url.template", operation.PathTemplate),
		attribute.String("url.full", r.URL.Scheme+"://"+r.URL.Host+operation.PathTemplate),
		attribute.String("iblai.operation.id", operation.ID),
	)
	return t.next.RoundTrip(r)
}

// printer is an exporter for people.
type printer struct{ w io.Writer }

func (p printer) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, span := range spans {
		took := span.EndTime().Sub(span.StartTime()).Round(10 * time.Microsecond)
		fmt.Fprintf(p.w, "%s  %s  %s\n", span.Name(), took, span.Status().Code)
		for _, a := range span.Attributes() {
			fmt.Fprintf(p.w, "    %-26s %s\n", a.Key, a.Value.String())
		}
	}
	return nil
}

func (printer) Shutdown(context.Context) error { return nil }
