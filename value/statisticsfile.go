package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/jsontype"
)

// Limits of files of recorded statistics.
const (
	// MaxFile bounds the size of a file, in bytes.
	MaxFile = 64 << 20
	// MaxEstimates bounds the blocks' estimates in a file, and the numbers of its matrix.
	MaxEstimates = 1 << 22
)

// ReadStatistics reads recorded statistics as JSON,
//
//	{
//	  "form": "moment",
//	  "source": "…",
//	  "statistics": {"(01-2)(02-12)": {"mean": …, "stddev": …, "samples": …}, …},
//	  "covariance": {"diagrams": ["(01-2)(02-12)", …], "matrix": [[…], …]},
//	  "blocks": {"diagrams": ["(01-2)(02-12)", …], "sizes": [1, …], "estimates": [[…], …]}
//	}
//
// where form is moment or cumulant, keys are diagrams in the notation of diagram.Parse,
// stddev is that of one sample, and the standard error is stddev/√samples. The source is for
// people. Errors have in common what covariance says, as WithCovariance takes it, or
// blocks, as WithBlocks does, with a row of estimates for each block; sizes may be lacking.
// A file may lack source, covariance and blocks, and has not both of the last. Other keys
// are ignored. The error wraps ErrStatistics and names the key.
func ReadStatistics(r io.Reader) (*Statistics, error) {
	s, err := readStatistics(r)
	if err != nil {
		return nil, fmt.Errorf("value: %w: %w", ErrStatistics, err)
	}
	return s, nil
}

func readStatistics(r io.Reader) (*Statistics, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("more than %d bytes", MaxFile)
	}
	var file struct {
		Form       *string             `json:"form"`
		Source     string              `json:"source"`
		Statistics *recorded           `json:"statistics"`
		Covariance *recordedCovariance `json:"covariance"`
		Blocks     *recordedBlocks     `json:"blocks"`
		Data       json.RawMessage     `json:"data"`
		Theta      json.RawMessage     `json:"theta"`
	}
	if err := unmarshal(data, &file); err != nil {
		return nil, err
	}
	switch {
	case file.Statistics == nil && (file.Data != nil || file.Theta != nil):
		return nil, errors.New("statistics: missing; this looks like a landscape")
	case file.Statistics == nil:
		return nil, errors.New("statistics: missing")
	case file.Form == nil:
		return nil, errors.New("form: missing; it should be moment or cumulant")
	case file.Covariance != nil && file.Blocks != nil:
		return nil, errors.New("covariance and blocks: expected one of them")
	}
	form, err := embed.ParseForm(*file.Form)
	if err != nil {
		return nil, fmt.Errorf("form: %w", err)
	}
	s := &Statistics{form: form, source: file.Source, values: map[diagram.Diagram]Estimate{}, shared: errorMatrix{}}
	for _, record := range *file.Statistics {
		if err := s.add(record.diagram, record.estimate); err != nil {
			return nil, fmt.Errorf("statistics: %w", err)
		}
	}
	if c := file.Covariance; c != nil {
		if s.shared, err = newErrorMatrix(s, c.diagrams, c.matrix); err != nil {
			return nil, fmt.Errorf("covariance: %w", err)
		}
	}
	if b := file.Blocks; b != nil {
		if s.shared, err = newErrorBlocks(s, b.diagrams, b.estimates, b.sizes); err != nil {
			return nil, fmt.Errorf("blocks: %w", err)
		}
	}
	return s, nil
}

// recorded are the entries of a statistics object in the order of the file; a map would
// drop all but the last of equal keys.
type recorded []record

type record struct {
	diagram  diagram.Diagram
	estimate Estimate
}

func (r *recorded) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return errors.New("statistics: should be an object keyed by diagrams")
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		d, err := diagram.Parse(key.(string))
		if err != nil {
			return fmt.Errorf("statistics: %w", err)
		}
		var entry json.RawMessage
		if err := dec.Decode(&entry); err != nil {
			return err
		}
		estimate, err := recordedEstimate(entry)
		if err != nil {
			return fmt.Errorf("statistics: %v: %w", key, err)
		}
		*r = append(*r, record{d, estimate})
	}
	return nil
}

func recordedEstimate(entry []byte) (Estimate, error) {
	var e struct {
		Mean    *float64 `json:"mean"`
		StdDev  *float64 `json:"stddev"`
		Samples *int64   `json:"samples"`
	}
	if err := unmarshal(entry, &e); err != nil {
		return Estimate{}, err
	}
	switch {
	case e.Mean == nil:
		return Estimate{}, errors.New("mean: missing")
	case e.StdDev == nil:
		return Estimate{}, errors.New("stddev: missing")
	case *e.StdDev < 0:
		return Estimate{}, fmt.Errorf("stddev: %v is negative", *e.StdDev)
	case e.Samples == nil:
		return Estimate{}, errors.New("samples: missing")
	case *e.Samples < 1:
		return Estimate{}, fmt.Errorf("samples: %d is not positive", *e.Samples)
	}
	return Estimate{*e.Mean, *e.StdDev / math.Sqrt(float64(*e.Samples))}, nil
}

// unmarshal reads an object in which no key stands twice: of such encoding/json takes the
// last, or parts of both.
func unmarshal(object []byte, into any) error {
	if err := json.Unmarshal(object, into); err != nil {
		return jsontype.Explain(err)
	}
	return distinct(object)
}

// distinct returns an error that names a key which stands twice in a JSON object.
func distinct(object []byte) error {
	dec := json.NewDecoder(bytes.NewReader(object))
	if _, err := dec.Token(); err != nil {
		return err
	}
	seen := map[json.Token]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		if seen[key] {
			return fmt.Errorf("%.80s: stands twice", key)
		}
		seen[key] = true
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return err
		}
	}
	return nil
}
