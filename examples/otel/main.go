// Command otel traces the SDK's calls with OpenTelemetry. The client sends its
// requests through otelhttp, and each span is named after its operation; see
// tracing.go.
//
//	go run .
//
// It needs no account and no network, because it starts a sandbox of the
// platform in its process. If IBLAI_API_KEY, IBLAI_ORG and IBLAI_USERNAME are
// set, it reads from the real service instead. It prints the spans; your
// program would send them to an OTLP exporter.
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		log.Fatal("otel: ", err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(printer{w}))
	defer provider.Shutdown(context.WithoutCancel(ctx)) //nolint:errcheck // the printer never fails
	c, end, err := newClient(client.WithHTTPClient(&http.Client{Transport: traced(http.DefaultTransport, provider)}))
	if err != nil {
		return err
	}
	defer end()
	ctx, span := provider.Tracer("otel").Start(ctx, "report")
	defer span.End()
	return report(ctx, c)
}

// newClient creates a client of the service in the environment's settings, or
// of a sandbox if there are none. The caller must call end.
func newClient(opts ...client.Option) (c *client.Client, end func(), err error) {
	if os.Getenv(client.EnvAPIKey) != "" {
		c, err = client.FromEnv(opts...)
		return c, func() {}, err
	}
	sb, err := sandbox.Start()
	if err != nil {
		return nil, nil, err
	}
	c, err = client.New(append(sb.ClientOptions(), opts...)...)
	return c, sb.Close, err
}

// report calls the API. One call fails, to show the span of an error.
func report(ctx context.Context, c *client.Client) error {
	if _, err := c.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{PageSize: 5}); err != nil {
		return err
	}
	if _, err := c.PeriodicAgents.Statistics(ctx, nil); err != nil {
		return err
	}
	_, err := c.PeriodicAgentLogs.Get(ctx, 1<<40)
	if errors.Is(err, client.ErrNotFound) {
		return nil
	}
	return err
}
