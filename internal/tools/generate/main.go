// Command generate turns openapi.yaml into the generated files of package
// client. It applies the overlay, prepares the contract for oapi-codegen, which
// writes models and request builders, and adds the encoders of request bodies,
// the decoders of models and the short form in which models are logged.
//
// It refuses constructs that it can't generate well, with an error for each that
// names the place and says what to do: an operation without its marks, a
// parameter or a field of a type that it has no branch for, a body that can't be
// encoded, a field that looks like a secret and isn't one.
//
// Its argument is the root of the module.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"log"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"gopkg.in/yaml.v3"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: generate ROOT")
	}
	if err := generate(os.Args[1]); err != nil {
		log.Fatal("generate: ", err)
	}
}

// generate writes the generated files of the module at root. On an error it
// writes none.
func generate(root string) error {
	contract, overlay := filepath.Join(root, "openapi.yaml"), root+"/internal/codegen/overlay.yaml"
	config, err := readConfig(root + "/internal/codegen")
	if err != nil {
		return err
	}
	doc, err := prepare(contract, overlay)
	if err != nil {
		return err
	}
	config.OutputOptions.ExcludeSchemas = doc.undeclared

	config.Generate = codegen.GenerateOptions{Models: true}
	models, err := run(doc, config)
	if err != nil {
		return fmt.Errorf("models: %w", err)
	}
	config.Generate = codegen.GenerateOptions{Client: true}
	requests, err := run(doc, config)
	if err != nil {
		return fmt.Errorf("requests: %w", err)
	}
	if models, err = tidyComments(models); err != nil {
		return err
	}
	if models, err = addUnknown(models, doc.read); err != nil {
		return err
	}
	if err := checkTypes(models.File); err != nil {
		return err
	}
	encoders, err := encodersOf(models.File, requests.File)
	if err != nil {
		return err
	}
	decoders, err := decodersOf(models.File, doc.read)
	if err != nil {
		return err
	}
	return cmp.Or(
		write(root+"/client/models.gen.go", []byte(models.text)),
		write(root+"/client/requests.gen.go", []byte(requests.text)),
		write(root+"/client/encoders.gen.go", encoders),
		write(root+"/client/decoders.gen.go", decoders),
		write(root+"/client/logging.gen.go", loggingOf(models.File)),
	)
}

// readConfig reads oapi-codegen's configuration, and the templates beside it.
func readConfig(dir string) (codegen.Configuration, error) {
	var config codegen.Configuration
	name := filepath.Join(dir, "config.yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		return config, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil {
		return config, fmt.Errorf("%s: %w", name, err)
	}
	templates, err := filepath.Glob(dir + "/templates/*.tmpl")
	if err != nil {
		return config, err
	}
	config.OutputOptions.UserTemplates = map[string]string{}
	for _, template := range templates {
		text, err := os.ReadFile(template)
		if err != nil {
			return config, err
		}
		config.OutputOptions.UserTemplates[filepath.Base(template)] = string(text)
	}
	config.NoVCSVersionOverride = version()
	return config.UpdateDefaults(), nil
}

// version returns the release of oapi-codegen that this program is built with.
func version() *string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/oapi-codegen/oapi-codegen/v2" {
			return &module.Version
		}
	}
	return nil
}

// run has oapi-codegen write one file.
func run(doc *document, config codegen.Configuration) (*source, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("config.yaml: %w", err)
	}
	// oapi-codegen changes what it is given.
	fresh, err := doc.load()
	if err != nil {
		return nil, err
	}
	text, err := codegen.Generate(fresh, config)
	if err != nil {
		return nil, err
	}
	return parse(text)
}

// checkTypes refuses fields whose types programs can't name or shouldn't see:
// those of other modules, and those that the file doesn't declare.
func checkTypes(models *ast.File) error {
	known := map[string]bool{"string": true, "bool": true, "int64": true, "float64": true, "Time": true, "Ordering": true, "Nullable": true}
	packages := map[string]bool{"api": true, "json": true, "time": true}
	eachType(models, func(spec *ast.TypeSpec) { known[spec.Name.Name] = true })
	var faults []error
	for name, of := range structsOf(models) {
		for _, field := range of.Fields.List {
			ast.Inspect(field.Type, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.SelectorExpr:
					if !packages[spell(node.X)] {
						faults = append(faults, fmt.Errorf("%s.%s has the type %s, of a package that the client doesn't show: map its format in internal/codegen/config.yaml, or set x-go-type in the overlay", name, fieldName(field), spell(node)))
					}
					return false
				case *ast.Ident:
					if !known[node.Name] {
						faults = append(faults, fmt.Errorf("%s.%s has the type %s, which nothing declares", name, fieldName(field), node.Name))
					}
				case *ast.StructType, *ast.InterfaceType:
					faults = append(faults, fmt.Errorf("%s.%s has a type without a name: give it a schema of its own", name, fieldName(field)))
					return false
				}
				return true
			})
		}
	}
	return errors.Join(sorted(faults)...)
}
