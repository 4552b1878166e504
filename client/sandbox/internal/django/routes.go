package django

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Routes are the URL patterns of an API with views of type V. Of two routes that
// match a path, the first counts.
type Routes[V any] []Route[V]

// A Route is a URL pattern.
type Route[V any] struct {
	Template string // with parameters, as in /agents/{id}/
	Name     string // in the response to OPTIONS
	Methods  []Method[V]
}

// A Method is an HTTP method of a [Route].
type Method[V any] struct {
	Name string
	View V
}

// Path returns a route with methods, in the order of the Allow header.
func Path[V any](template, name string, methods ...Method[V]) Route[V] {
	return Route[V]{Template: template, Name: name, Methods: methods}
}

// Handle returns a method with its view.
func Handle[V any](method string, view V) Method[V] { return Method[V]{Name: method, View: view} }

// Find returns the route of a path and the values of its parameters, or nil.
func (routes Routes[V]) Find(path string) (*Route[V], map[string]string) {
	segments := strings.Split(path, "/")
	for i := range routes {
		if parameters := routes[i].match(segments); parameters != nil {
			return &routes[i], parameters
		}
	}
	return nil, nil
}

// Redirect returns the URL with a slash at the end, to which Django redirects, or
// false if no route has it.
func (routes Routes[V]) Redirect(u *url.URL) (location string, ok bool) {
	if route, _ := routes.Find(u.Path + "/"); route == nil {
		return "", false
	}
	location = u.EscapedPath() + "/"
	if u.RawQuery != "" {
		location += "?" + u.RawQuery
	}
	return location, true
}

// match returns the values of the parameters, nil if the route does not match. The
// parameter id matches no dot, as in Django REST Framework's routers.
func (r *Route[V]) match(segments []string) map[string]string {
	template := strings.Split(r.Template, "/")
	if len(template) != len(segments) {
		return nil
	}
	parameters := map[string]string{}
	for i, segment := range segments {
		name, isParameter := strings.CutPrefix(template[i], "{")
		name = strings.TrimSuffix(name, "}")
		switch {
		case !isParameter:
			if segment != template[i] {
				return nil
			}
			continue
		case segment == "" || name == "id" && strings.Contains(segment, "."):
			return nil
		}
		parameters[name] = segment
	}
	return parameters
}

// View returns the view of a method, nil if there is none. HEAD has the view of
// GET.
func (r *Route[V]) View(method string) *V {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	i := slices.IndexFunc(r.Methods, func(m Method[V]) bool { return m.Name == method })
	if i < 0 {
		return nil
	}
	return &r.Methods[i].View
}

// Allow returns the Allow header.
func (r *Route[V]) Allow() string {
	var methods []string
	for _, m := range r.Methods {
		methods = append(methods, m.Name)
	}
	return strings.Join(append(methods, http.MethodHead, http.MethodOptions), ", ")
}

// Metadata returns the response to OPTIONS.
func (r *Route[V]) Metadata() *Response {
	return OK(struct {
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Renders     []string `json:"renders"`
		Parses      []string `json:"parses"`
	}{r.Name, "", []string{JSONType}, []string{JSONType, FormType, MultipartType}})
}
