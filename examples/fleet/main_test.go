package main

import (
	"bytes"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Setenv("CALLBACK_SECRET", "only for the test")
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(60 * 24 * time.Hour) // 1 March 2000: the same offset as on the sandbox's clock
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), &out), "%s", &out)
		want, err := os.ReadFile("testdata/output.txt")
		require.NoError(t, err)
		require.Equal(t, string(want), out.String())
	})
}
