package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Tests that generate are not parallel: oapi-codegen has a state of its own.
func TestReleasesAreDocumented(t *testing.T) {
	contract := readFile(t, "testdata/small/openapi.yaml")
	for _, change := range []edit{
		{readText, "        text: { type: string, x-since: '4.90', x-until: '4.100', description: A text. }\n"},
		{"      description: A thing, as it is read.\n", "      description: Is a thing.\n      x-since: '4.2'\n"},
		{listText, "{ name: text, in: query, description: A text., x-until: '3.59', schema: { type: string } }"},
	} {
		contract = change.apply(t, contract)
	}
	root := newRoot(t, contract, readFile(t, "testdata/small/overlay.yaml"))
	require.NoError(t, generate(root))
	models := readFile(t, root+"/client/models.gen.go")
	for _, comment := range []string{
		"	// A text. First seen in release 4.90. Last seen in release 4.100.\n",
		"// Thing is a thing. First seen in release 4.2.\n",
		"	// A text. Last seen in release 3.59.\n",
	} {
		assert.Contains(t, models, comment)
	}
}
