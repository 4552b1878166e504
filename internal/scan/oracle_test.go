package scan_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
)

// bodies are what the decoders disagree about most easily.
var bodies = []string{
	``, ` `, `null`, `true`, `false`, `tru`, `nul`, `[`, `]`, `{`, `}`, `[]`, `{}`, `[[]]`, `[{}]`, `{"a":{}}`, `[1,]`, `[,1]`, `[1 2]`, `{"a"}`, `{"a":}`,
	`{"a":1,}`, `{,"a":1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{"a":1]`, `[1}`, `{a:1}`, `{'a':1}`, `[1]]`, `{} {}`, "{}\x00", "\x00", "\ufeff{}", `{"a":1}x`,
	`0`, `-0`, `-`, `01`, `1.`, `.5`, `1.5`, `1e5`, `1E+5`, `1e-5`, `1e`, `1e+`, `+1`, `0x10`, `1_0`, `-1.25e-3`, `12345678901234567890`, `1e400`, `--1`, `1.5.5`,
	`""`, `"`, `"a`, `"a\`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\u00e9\ud83d\udcda\ud83d"`, "\"a\nb\"", "\"\x1f\"", "\"\x7f\"", "\"\xff\"", "\"\xed\xa0\xbd\"", `"é 📚"`,
	`"exactly8"`, `"exactly 16 bytes"`, `"1234567\n"`, `"12345678\n"`, `"a long text, in which nothing happens \" but this, at the end"`, `"éééééééééé\n\t"`,
	" \t\r\n{ \"a\" : [ 1 , \"x\" , null ] } \n", `{"a":1,"a":2}`, `{"":0,"\u0061":{"b":[true,false,null]}}`, `[[1,[2,[3]]],{"x":{"y":{"z":[]}}}]`,
}

// read returns the next value as encoding/json does, with numbers as they are
// written.
func read(d *scan.Decoder) any {
	switch d.Kind() {
	case scan.KindNull:
		d.Skip()
		return nil
	case scan.KindBool:
		return d.Bool()
	case scan.KindNumber:
		return json.Number(d.String())
	case scan.KindString:
		return d.String()
	case scan.KindArray:
		return scan.List(d, read)
	case scan.KindObject:
		fields := map[string]any{}
		var unknown *api.Fields
		for _, name := range d.Fields(&unknown) {
			fields[name] = read(d)
		}
		return fields
	default:
		d.Skip() // which fails
		return nil
	}
}

func readBody(body []byte, intern bool) (any, error) {
	var d scan.Decoder
	if intern {
		d.Intern()
	}
	d.Reset(body)
	value := read(&d)
	return value, d.End()
}

// requireSame compares what is accepted, and what comes out, with encoding/json
// and with jsontext.
func requireSame(t *testing.T, body []byte) {
	t.Helper()
	if bytes.Contains(body, []byte("NaN")) || bytes.Contains(body, []byte("Infinity")) || bytes.HasPrefix(body, []byte("\ufeff")) {
		return // which are accepted here alone
	}
	valid := json.Valid(body)
	jsonValid := jsontext.Value(body).IsValid(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	require.Equal(t, valid, jsonValid, "%q", body)

	var skipping scan.Decoder
	skipping.Reset(body)
	skipping.Skip()
	require.Equal(t, valid, skipping.End() == nil, "%q: %v", body, skipping.End())

	got, err := readBody(body, true)
	require.Equal(t, valid, err == nil, "%q: %v", body, err)
	if !valid {
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var want any
	require.NoError(t, decoder.Decode(&want), "%q", body)
	_, err = decoder.Token()
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, want, got, "%q", body)
}

func FuzzDecoder(f *testing.F) {
	for _, body := range bodies {
		f.Add([]byte(body))
	}
	f.Fuzz(requireSame)
}

// mutate changes a few bytes of a body, most of them to such as mean something.
func mutate(random *rand.Rand, body []byte) []byte {
	const telling = "{}[]\",:\\/bfnrtu0123456789eE+-. \t\n\x00\x1f\x7f\x80\xc3\xa9\xed\xa0\xff"
	body = bytes.Clone(body)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(body) + 1)
		switch random.IntN(4) {
		case 0:
			body = append(body[:at:at], body[min(len(body), at+1+random.IntN(4)):]...)
		case 1:
			from := random.IntN(len(body) + 1)
			part := bytes.Clone(body[from:min(len(body), from+random.IntN(12))])
			body = append(body[:at:at], append(part, body[at:]...)...)
		case 2:
			if at < len(body) {
				body[at] = telling[random.IntN(len(telling))]
			}
		default:
			body = append(body[:at:at], append([]byte{telling[random.IntN(len(telling))]}, body[at:]...)...)
		}
	}
	return body
}

func TestDecoderAgreesWithOtherDecoders(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, body := range bodies {
		requireSame(t, []byte(body))
	}
	for range 200_000 {
		body := []byte(bodies[random.IntN(len(bodies))])
		for range random.IntN(3) {
			body = mutate(random, body)
		}
		requireSame(t, body)
	}
}

// A body that is cut off, wherever, ends too early.
func TestBodyThatIsCutOff(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"a":"\u00e9\ud83d\udcda\"\\x é","\u0061\n":[true,false,null,-1.5e+3],"b":{"c":NaN,"d":-Infinity,"e":Infinity}} `,
		`"\u00e9\/"`, `[{},[],""]`, `true`, `null`, `NaN`, `-Infinity`,
	} {
		for i := range strings.TrimSpace(body) {
			var skipping, reading scan.Decoder
			skipping.Reset([]byte(body[:i]))
			skipping.Skip()
			require.ErrorIs(t, skipping.End(), io.ErrUnexpectedEOF, body[:i])
			reading.Reset([]byte(body[:i]))
			read(&reading)
			require.ErrorIs(t, reading.End(), io.ErrUnexpectedEOF, body[:i])
		}
	}
	for _, body := range []string{`"\x`, `"\u1x`, `"\u12"`, `trux`, `ta`, `nan`, `Nax`, `-Inx`, `{"a":"\q"}`, `{a`, `[01`, `["a\` + "\n"} {
		var d scan.Decoder
		d.Reset([]byte(body))
		d.Skip()
		require.Error(t, d.End(), body)
		assert.NotErrorIs(t, d.End(), io.ErrUnexpectedEOF, body)
	}
}
