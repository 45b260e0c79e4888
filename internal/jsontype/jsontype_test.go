package jsontype

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestExplain(t *testing.T) {
	for text, want := range map[string]string{
		`{"n":2.5}`:      "n: expected an integer, not a JSON number 2.5",
		`{"n":"2"}`:      "n: expected an integer, not a JSON string",
		`{"x":true}`:     "x: expected a number within the range of float64, not a JSON bool",
		`{"x":1e999}`:    "x: expected a number within the range of float64, not a JSON number 1e999",
		`{"s":[]}`:       "s: expected a string, not a JSON array",
		`{"list":{}}`:    "list: expected a list, not a JSON object",
		`{"inner":[]}`:   "inner: expected an object, not a JSON array",
		`[]`:             "the document: expected an object, not a JSON array",
		`{"n":`:          "unexpected end of JSON input",
		`{"inner":{1:2}`: "invalid character '1' looking for beginning of object key string",
	} {
		var v struct {
			N     int64    `json:"n"`
			X     float64  `json:"x"`
			S     string   `json:"s"`
			List  []int    `json:"list"`
			Inner struct{} `json:"inner"`
		}
		if err := Explain(json.Unmarshal([]byte(text), &v)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if err := Explain(nil); err != nil {
		t.Errorf("nil becomes %v", err)
	}
	if cause := errors.New("other"); Explain(cause) != cause {
		t.Error("another error is changed")
	}
}
