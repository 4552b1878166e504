// Package django parses, validates and renders as Django REST Framework 3.14
// does: query strings, forms and JSON as Python reads them, serializer fields
// with their messages, exceptions, and responses. It knows nothing of the API
// that uses it. Of Python's codecs, it has those for UTF-8, UTF-16, ASCII and Latin-1.
package django
