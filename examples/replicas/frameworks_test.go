package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// frameworks holds a function for each framework that returns a router with a
// middleware and a handler of POST /callbacks.
var frameworks = map[string]func(middleware func(http.Handler) http.Handler, handler http.Handler) http.Handler{
	"net/http": func(middleware func(http.Handler) http.Handler, handler http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("POST /callbacks", middleware(handler))
		return mux
	},
	"chi": func(middleware func(http.Handler) http.Handler, handler http.Handler) http.Handler {
		router := chi.NewRouter()
		router.Use(middleware)
		router.Method(http.MethodPost, "/callbacks", handler)
		return router
	},
	"gin": func(middleware func(http.Handler) http.Handler, handler http.Handler) http.Handler {
		gin.SetMode(gin.TestMode)
		router := gin.New()
		router.Use(func(c *gin.Context) {
			middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				c.Request = r
				c.Next()
			})).ServeHTTP(c.Writer, c.Request)
		})
		router.POST("/callbacks", gin.WrapH(handler))
		return router
	},
	"echo": func(middleware func(http.Handler) http.Handler, handler http.Handler) http.Handler {
		router := echo.New()
		router.Use(echo.WrapMiddleware(middleware))
		router.POST("/callbacks", echo.WrapHandler(handler))
		return router
	},
}

var middlewares = map[string]func(http.Handler) http.Handler{
	"no middleware": func(next http.Handler) http.Handler { return next },
	// As in a middleware that logs or validates requests.
	"body buffered": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	},
}

func TestFrameworks(t *testing.T) {
	for framework, route := range frameworks {
		for before, middleware := range middlewares {
			t.Run(framework+"/"+before, func(t *testing.T) {
				var got []*callback.Event
				handler, err := callback.NewHandler(newVerifier(t), func(_ context.Context, event *callback.Event) error {
					got = append(got, event)
					return nil
				})
				require.NoError(t, err)
				server := httptest.NewServer(route(middleware, handler))
				defer server.Close()

				body := []byte(`{"status": "success", "agent_output": "R\u00e9sum\u00e9", "log_id": 4711}`)
				send := func(body []byte, signedBy api.Secret) (int, string) {
					request, err := callback.NewRequest(t.Context(), server.URL+"/callbacks", body, signedBy)
					require.NoError(t, err)
					response, err := server.Client().Do(request)
					require.NoError(t, err)
					defer response.Body.Close()
					text, err := io.ReadAll(response.Body)
					require.NoError(t, err)
					return response.StatusCode, string(text)
				}
				status, text := send(body, secret)
				assert.Equal(t, http.StatusNoContent, status)
				assert.Empty(t, text)
				require.Len(t, got, 1)
				assert.Equal(t, "Résumé", got[0].AgentOutput)
				assert.Equal(t, body, got[0].Raw)

				status, text = send(body, api.NewSecret("another secret of enough bytes"))
				assert.Equal(t, http.StatusUnauthorized, status)
				assert.Equal(t, "Unauthorized\n", text)
				status, _ = send([]byte("[]"), secret)
				assert.Equal(t, http.StatusBadRequest, status)
				assert.Len(t, got, 1)
			})
		}
	}
}

// The read timeout needs access to the connection, which the ResponseWriter of
// a framework may hide.
func TestReadTimeoutUnderFrameworks(t *testing.T) {
	for framework, route := range frameworks {
		t.Run(framework, func(t *testing.T) {
			handler, err := callback.NewHandler(newVerifier(t), func(context.Context, *callback.Event) error { return nil },
				callback.WithReadTimeout(50*time.Millisecond))
			require.NoError(t, err)
			server := httptest.NewServer(route(middlewares["no middleware"], handler))
			defer server.Close()
			body, sender := io.Pipe()
			defer sender.Close()
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/callbacks", body)
			require.NoError(t, err)
			signature, err := callback.Sign(nil, secret)
			require.NoError(t, err)
			request.Header.Set(callback.SignatureHeader, signature)
			response, err := server.Client().Do(request)
			require.NoError(t, err)
			defer response.Body.Close()
			assert.Equal(t, http.StatusRequestTimeout, response.StatusCode)
		})
	}
}
