// @ts-check
// Requests as code.

/** @typedef {{method: string, url: string, headers: [string, string][], body: string}} Sendable */

export const languages = ['curl', 'Go', 'Node']

/** @param {string} language @param {Sendable} request */
export function snippet(language, request) {
  switch (language) {
    case 'Go': return goCode(request)
    case 'Node': return nodeCode(request)
  }
  return curlCode(request)
}

/** A word of a shell. @param {string} text */
export function shellQuote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** @param {Sendable} request */
function curlCode({ method, url, headers, body }) {
  return ['curl', ...method === 'GET' ? [] : ['-X', method], ...headers.flatMap(([name, value]) => ['-H', shellQuote(`${name}: ${value}`)]),
    ...body ? ['--data-raw', shellQuote(body)] : [], shellQuote(url)].join(' ')
}

/** @param {Sendable} request */
function nodeCode({ method, url, headers, body }) {
  const options = { ...method === 'GET' ? {} : { method }, ...headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}, ...body ? { body } : {} }
  return `const response = await fetch(${JSON.stringify(url)}, ${JSON.stringify(options, null, 2)})
console.log(response.status, await response.text())
`
}

/** @param {Sendable} request */
function goCode({ method, url, headers, body }) {
  return `package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
)

func main() {
	request, err := http.NewRequest(${JSON.stringify(method)}, ${JSON.stringify(url)}, strings.NewReader(${goString(body)}))
	if err != nil {
		log.Fatal(err)
	}
${headers.map(([name, value]) => `	request.Header.Set(${JSON.stringify(name)}, ${goString(value)})\n`).join('')}	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode, string(text))
}
`
}

/** A string of Go: JSON's, except for the escapes that Go doesn't have. @param {string} text */
function goString(text) {
  return JSON.stringify(text).replaceAll('\\/', '/')
}
