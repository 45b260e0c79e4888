// Package jsontype says in the words of JSON, not of Go, where a document has a value of
// the wrong type.
package jsontype

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Explain returns err, an error of encoding/json, or, if it is about a value of the wrong
// type, one that names the field and what was expected there.
func Explain(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	field := wrong.Field
	if field == "" {
		field = "the document"
	}
	return fmt.Errorf("%.80s: expected %s, not a JSON %.40s", field, expected(wrong.Type), wrong.Value)
}

func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "an integer"
	case reflect.Float64:
		return "a number within the range of float64"
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}
