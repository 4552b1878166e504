package unquote_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/unquote"
)

// literals are what stands between the quotes, and what it says.
var literals = map[string]string{
	``:                               "",
	`plain`:                          "plain",
	"naïve “text” 📚":                 "naïve “text” 📚",
	`\"\\\/\b\f\n\r\t`:               "\"\\/\b\f\n\r\t",
	`one\ntwo\n\nthree`:              "one\ntwo\n\nthree",
	`\n`:                             "\n",
	`ends in a backslash\\`:          `ends in a backslash\`,
	`\\u00e9`:                        `\u00e9`,
	`na\u00efve, na\u00EFve`:         "naïve, naïve",
	`\u0000\u007f\u0080\u07ff\u0800`: "\x00\x7f\u0080\u07ff\u0800",
	`\ufffd\uffff`:                   "\uFFFD\uFFFF",
	`\ud83d\udcda \uD83D\uDCDA`:      "📚 📚",
	`\ud800\udc00\udbff\udfff`:       "\U00010000\U0010FFFF",
	`\ud83d`:                         "\uFFFD",
	`\udcda`:                         "\uFFFD",
	`\ud83dx`:                        "\uFFFDx",
	`\ud83d\n`:                       "\uFFFD\n",
	`\ud83d\u0041`:                   "\uFFFDA",
	`\ud83d\\udcda`:                  "\uFFFD\\udcda",
	`\ud83d\ud83d\udcda`:             "\uFFFD📚",
	`\udcda\ud83d`:                   "\uFFFD\uFFFD",
	"a\xffb":                         "a\uFFFDb",
	"a\xff\xfe\\n\xff":               "a\uFFFD\uFFFD\n\uFFFD",
	"\xf0\x9f\\n\x93\x9a":            "\uFFFD\uFFFD\n\uFFFD\uFFFD",
	"\xed\xa0\xbd":                   "\uFFFD\uFFFD\uFFFD", // a half surrogate in UTF-8
	"\xff\\ud83d\\udcda":             "\uFFFD📚",
}

func TestString(t *testing.T) {
	t.Parallel()
	for text, want := range literals {
		assert.Equal(t, want, unquote.String([]byte(`"`+text+`"`), false), "%q", text)
	}
}

func TestStringOfEveryCodeUnit(t *testing.T) {
	t.Parallel()
	for unit := range 1 << 16 {
		for _, format := range []string{`"\u%04x"`, `"\u%04X"`, `"\ud83d\u%04x"`, `"\u%04x\udcda"`} {
			requireSame(t, fmt.Appendf(nil, format, unit))
		}
	}
}

// A log of any size costs no more than its text.
func TestStringAllocatesOnce(t *testing.T) {
	for _, literal := range []string{`plain`, strings.Repeat(`line\n`, 2_000), strings.Repeat(`\u00e9`, 2_000)} {
		literal := []byte(`"` + literal + `"`)
		assert.InDelta(t, 1, testing.AllocsPerRun(100, func() { unquote.String(literal, false) }), 0, "%.20s", literal)
	}
}

// FuzzString: what a decoder accepts is read as jsontext reads it.
func FuzzString(f *testing.F) {
	for text := range literals {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		literal := jsontext.Value(`"` + string(text) + `"`)
		if literal.IsValid(jsontext.AllowInvalidUTF8(true)) {
			requireSame(t, literal)
		}
	})
}

func requireSame(t *testing.T, literal []byte) {
	t.Helper()
	// As the syntax is right, an error can only be about what is replaced.
	want, _ := jsontext.AppendUnquote(nil, literal)
	require.Equal(t, string(want), unquote.String(literal, false), "%q", literal)
}

// BenchmarkString shows what the package is for.
func BenchmarkString(b *testing.B) {
	for name, line := range map[string]string{
		"log":   `2026-01-02 03:04:05,678 INFO agent.run step finished tool=\"search\" tokens=812 latency=1.93s ok\n`,
		"ascii": `\u043f\u0440\u0438\u0432\u0435\u0442`,
	} {
		literal := []byte(`"` + strings.Repeat(line, 8<<10/len(line)) + `"`)
		b.Run(name+"/unquote", func(b *testing.B) {
			b.SetBytes(int64(len(literal)))
			b.ReportAllocs()
			for b.Loop() {
				_ = unquote.String(literal, false)
			}
		})
		b.Run(name+"/jsontext", func(b *testing.B) {
			b.SetBytes(int64(len(literal)))
			b.ReportAllocs()
			for b.Loop() {
				text, _ := jsontext.AppendUnquote(nil, literal)
				_ = string(text)
			}
		})
	}
}
