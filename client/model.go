package client

import (
	"bytes"
	"fmt"

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
// which replace those with the same names.
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
	e.unknownFields(unknown)
	e.end()
	return e.out.Bytes(), e.err
}

// hasMasked reports whether encoding/json masks any of a model's unknown fields.
func hasMasked(unknown *api.Fields) bool {
	e := &encoder{}
	e.begin()
	e.unknownFields(unknown)
	return len(e.secrets) > 0
}

func (e *encoder) unknownFields(unknown *api.Fields) {
	for name, value := range unknown.All() {
		var d scan.Decoder
		d.Reset(value)
		e.maskedField(name, &d)
		if err := d.End(); err != nil && e.err == nil {
			e.err = fmt.Errorf("%s: %w", name, err)
		}
	}
}

// maskedField writes a field with the next value of d. A text, an object or an
// array whose name looks like a secret's is masked, as a secret is.
func (e *encoder) maskedField(name string, d *scan.Decoder) {
	kind := d.Kind()
	if secretname.Is(name) && (kind == scan.KindString || kind == scan.KindObject || kind == scan.KindArray) {
		secret := d.RawText()
		e.secrets = append(e.secrets, secret)
		e.field(name, api.NewSecret(secret))
		return
	}
	e.name(name)
	e.masked(d)
}

// masked writes the next value of d. The fields in it are masked by their names.
func (e *encoder) masked(d *scan.Decoder) {
	switch d.Kind() {
	case scan.KindObject:
		e.begin()
		var none *api.Fields
		for _, name := range d.Fields(&none) {
			e.maskedField(name, d)
		}
		e.end()
	case scan.KindArray:
		e.out.WriteByte('[')
		for i := range d.Items() {
			if i > 0 {
				e.out.WriteByte(',')
			}
			e.masked(d)
		}
		e.out.WriteByte(']')
	case scan.KindNull:
		d.Null()
		e.out.WriteString("null")
	default:
		e.out.Write(d.Raw()) // a scalar, which scan has checked
	}
}

// readSecret decodes a string, or keeps the JSON of any other value. The text
// must not enter the decoder's table of strings, which outlives the response.
func readSecret(d *scan.Decoder) api.Secret {
	if d.Kind() == scan.KindString {
		return api.NewSecret(string(d.Text()))
	}
	return api.NewSecret(d.RawText())
}
