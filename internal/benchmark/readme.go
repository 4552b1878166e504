package main

import (
	"fmt"
	"os"
	"strings"
)

// These lines of README.md enclose the results.
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
		return fmt.Errorf("%s lacks the lines that enclose the results", file)
	}
	return os.WriteFile(file, []byte(before+resultsBegin+"\n"+tables+"\n"+resultsEnd+after), 0o600)
}
