package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/internal/jsontype"
)

// recordedCovariance is the covariance of a file.
type recordedCovariance struct {
	diagrams []diagram.Diagram
	matrix   [][]float64
}

func (c *recordedCovariance) UnmarshalJSON(data []byte) error {
	var file struct {
		Diagrams json.RawMessage `json:"diagrams"`
		Matrix   json.RawMessage `json:"matrix"`
	}
	err := unmarshal(data, &file)
	if err == nil {
		c.diagrams, err = diagrams(file.Diagrams)
	}
	if err == nil {
		c.matrix, err = table("matrix", file.Matrix)
	}
	if err != nil {
		return fmt.Errorf("covariance: %w", err)
	}
	return nil
}

// recordedBlocks are the blocks of a file.
type recordedBlocks struct {
	diagrams  []diagram.Diagram
	sizes     []int
	estimates [][]float64
}

func (b *recordedBlocks) UnmarshalJSON(data []byte) error {
	var file struct {
		Diagrams  json.RawMessage `json:"diagrams"`
		Sizes     json.RawMessage `json:"sizes"`
		Estimates json.RawMessage `json:"estimates"`
	}
	err := unmarshal(data, &file)
	if err == nil {
		b.diagrams, err = diagrams(file.Diagrams)
	}
	if err == nil && file.Sizes != nil {
		if b.sizes, err = list[int](file.Sizes, MaxEstimates); err != nil {
			err = fmt.Errorf("sizes: %w", err)
		}
	}
	if err == nil {
		b.estimates, err = table("estimates", file.Estimates)
	}
	if err != nil {
		return fmt.Errorf("blocks: %w", err)
	}
	return nil
}

// diagrams reads a list of them, which may be missing.
func diagrams(text []byte) ([]diagram.Diagram, error) {
	if text == nil {
		return nil, nil
	}
	names, err := list[string](text, MaxEstimates)
	if err != nil {
		return nil, fmt.Errorf("diagrams: %w", err)
	}
	of := make([]diagram.Diagram, len(names))
	for i, name := range names {
		if of[i], err = diagram.Parse(name); err != nil {
			return nil, fmt.Errorf("diagrams: %w", err)
		}
	}
	return of, nil
}

// table reads a list of lists of numbers, which may be missing, of at most MaxEstimates in
// all. No list of numbers is empty, so that there are not more of these.
func table(key string, text []byte) ([][]float64, error) {
	if text == nil {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if start, err := dec.Token(); err != nil || start != json.Delim('[') {
		return nil, fmt.Errorf("%s: expected a list of lists of numbers", key)
	}
	var rows [][]float64
	for room := MaxEstimates; dec.More(); {
		var row json.RawMessage
		err := dec.Decode(&row)
		var numbers []float64
		if err == nil {
			numbers, err = list[float64](row, room)
		}
		if err == nil && len(numbers) == 0 {
			err = errors.New("no numbers")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", key, len(rows), err)
		}
		rows = append(rows, numbers)
		room -= len(numbers)
	}
	return rows, nil
}

// list reads a list of items that have no comma and of which none is null. Where there may
// be more of them than a limit, they are not read.
func list[T int | float64 | string](text []byte, limit int) ([]T, error) {
	if bytes.Count(text, []byte{','}) >= limit {
		return nil, fmt.Errorf("with this there are more than %d items", MaxEstimates)
	}
	if bytes.Contains(text, []byte("null")) {
		return nil, errors.New("there is null in it")
	}
	var items []T
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, jsontype.Explain(err)
	}
	return items, nil
}
