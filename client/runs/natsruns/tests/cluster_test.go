package tests

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs/natsruns"
)

// startCluster starts three servers that replicate to each other.
func startCluster(t *testing.T) []*natsServer {
	t.Helper()
	var routes []*url.URL
	for _, port := range freePorts(t, 3) {
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	var servers []*natsServer
	for i, route := range routes {
		_, port, err := net.SplitHostPort(route.Host)
		require.NoError(t, err)
		servers = append(servers, startServer(t, func(o *server.Options) {
			o.ServerName, o.Cluster.Name, o.Cluster.Host, o.Routes = fmt.Sprintf("server-%d", i), "test", "127.0.0.1", routes
			_, err := fmt.Sscan(port, &o.Cluster.Port)
			require.NoError(t, err)
		}))
	}
	waitFor(t, "a leader of the cluster", func() bool {
		for _, s := range servers {
			if s.server.JetStreamIsLeader() && len(s.server.JetStreamClusterPeers()) == len(servers) {
				return true
			}
		}
		return false
	})
	return servers
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	listeners := make([]net.Listener, n)
	for i := range listeners {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		listeners[i] = listener
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	for _, listener := range listeners {
		require.NoError(t, listener.Close())
	}
	return ports
}

// The leader of the stream is stopped, and started again without its files.
func TestClusterSurvivesTheLossOfAServer(t *testing.T) {
	servers := startCluster(t)
	var urls []string
	for _, s := range servers {
		urls = append(urls, s.url())
	}
	js := connect(t, strings.Join(urls, ","))
	orgs := []natsruns.Org{testOrg(t, "acme")}
	var single, replicated outcomes
	newBridge(t, js, orgs, natsruns.WithName("single"), natsruns.WithObserver(single.observe))
	assert.True(t, single.has(`the stream "single" has one replica in the cluster "test"`))
	bridge := newBridge(t, js, orgs, natsruns.WithReplicas(3), natsruns.WithObserver(replicated.observe))
	assert.False(t, replicated.has("one replica"))
	stream, err := js.Stream(t.Context(), "iblai-runs")
	require.NoError(t, err)
	require.Equal(t, 3, stream.CachedInfo().Config.Replicas)
	leader := stream.CachedInfo().Cluster.Leader
	last := int64(0)
	accept := func(n int) {
		for range n {
			last++
			waitFor(t, "204", func() bool { return deliver(t, bridge, "acme", last, "") == http.StatusNoContent })
		}
	}
	accept(20)
	for _, s := range servers {
		if s.options.ServerName == leader {
			s.stop()
			accept(20)
			s.options.StoreDir = t.TempDir()
			s.start()
		}
	}
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	accept(20)
	waitFor(t, "all runs", func() bool { return int64(got.runs()) == last })
}
