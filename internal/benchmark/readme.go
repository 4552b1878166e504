package main

import (
	"fmt"
	"os"
	"strings"
)

// The results stand between these lines of README.md.
const (
	resultsBegin = "<!-- results: written by go run . -write -->\n"
	resultsEnd   = "<!-- end of results -->\n"
)

func writeResults(file, tables string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(text), resultsBegin)
	_, after, ends := strings.Cut(rest, resultsEnd)
	if !begins || !ends {
		return fmt.Errorf("%s has no place for the results", file)
	}
	return os.WriteFile(file, []byte(before+resultsBegin+"\n"+tables+"\n"+resultsEnd+after), 0o600)
}
