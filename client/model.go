package client

import (
	"bytes"
	"strings"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
	"github.com/iblai/iblai-go/internal/secretname"
)

// model is a pointer to the zero value of a type with a decoder of its own: a
// generated one, or a page of them.
type model interface{ decode(d *scan.Decoder) }

// unmarshalModel decodes JSON into a model.
func unmarshalModel(data []byte, m model) error {
	var d scan.Decoder
	d.Reset(data)
	m.decode(&d)
	return d.End()
}

// marshalModel returns the JSON of a model's fields and of its unknown fields,
// which replace those with the same names. A text, an object or an array whose
// name looks like a secret's is masked, as a secret is.
func marshalModel(fields any, unknown *api.Fields) ([]byte, error) {
	var known bytes.Buffer
	if err := writeJSON(&known, fields); err != nil || unknown.Len() == 0 {
		return known.Bytes(), err
	}
	e := &encoder{}
	e.begin()
	var d scan.Decoder
	d.Reset(known.Bytes())
	var none *api.Fields
	for _, name := range d.Fields(&none) {
		value := d.Raw()
		if _, ok := unknown.Get(name); !ok {
			e.field(name, value)
		}
	}
	for name, value := range unknown.All() {
		if secretname.Is(name) && strings.ContainsRune(`"{[`, rune(value[0])) {
			e.field(name, api.NewSecret(string(value)))
			continue
		}
		e.field(name, value)
	}
	e.end()
	return e.out.Bytes(), e.err
}

// readSecret decodes a string, or keeps the JSON of any other value. The text
// must not enter the decoder's table of strings, which outlives the response.
func readSecret(d *scan.Decoder) api.Secret {
	if d.Kind() == scan.KindString {
		return api.NewSecret(string(d.Text()))
	}
	return api.NewSecret(d.RawText())
}
