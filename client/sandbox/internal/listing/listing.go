// Package listing filters, searches, sorts and pages rows in memory as
// django-filter and Django REST Framework do it in a database.
package listing

import (
	"net/url"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A Row is an item of a list.
type Row interface{ RowID() int64 }

// A Listing says how rows can be filtered, searched and sorted.
type Listing[R Row] struct {
	Filters   []Filter[R]
	Search    []func(R) string            // the texts that are searched
	Orderings map[string]func(a, b R) int // comparisons by the name of a field
	Default   func(a, b R) int            // the order without a valid ordering; nil for the order of ids
}

// A Request asks for a page of a list.
type Request struct {
	Version     django.Version
	Query       django.QueryDict
	URL         url.URL // of the list; its query is not used
	PageSize    int     // if the query has none
	MaxPageSize int
}

// List returns the response with the page of rows that is asked for. The rows are
// in the order of their ids; List does not change them. The function render
// returns what is encoded of a row.
func (l *Listing[R]) List(rows []R, r *Request, render func(R) any) *django.Response {
	rows, errResponse := l.Filter(rows, r.Version, r.Query)
	if errResponse != nil {
		return errResponse
	}
	if rows, errResponse = l.search(rows, r.Version, r.Query.Get("search")); errResponse != nil {
		return errResponse
	}
	return paginate(len(rows), r, func(from, to int) []any {
		results := []any{}
		for _, row := range l.sorted(rows, r.Query.Get("ordering"), from, to) {
			results = append(results, render(row))
		}
		return results
	})
}

// Filter returns the rows that match all filters in a query, or the response to a
// query with invalid values.
func (l *Listing[R]) Filter(rows []R, v django.Version, query django.QueryDict) ([]R, *django.Response) {
	var errs django.Errors
	for _, f := range l.Filters {
		value := query.Get(f.Name)
		if value == "" {
			continue
		}
		matches, message := f.Parse(v, value)
		switch {
		case message != "":
			errs.Add(f.Name, django.NewErrors(message))
		case matches != nil && errs.IsEmpty():
			rows = Select(rows, matches)
		}
	}
	if !errs.IsEmpty() {
		return nil, django.BadRequest(errs)
	}
	return rows, nil
}

// Select returns the rows that match. It does not change rows.
func Select[R any](rows []R, matches func(R) bool) []R {
	var selected []R
	for _, row := range rows {
		if matches(row) {
			selected = append(selected, row)
		}
	}
	return selected
}
