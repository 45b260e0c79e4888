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

var (
	// ErrStatistics reports recorded statistics that cannot be read.
	ErrStatistics = errors.New("expected recorded statistics")
	// ErrMissing reports a diagram whose value was not recorded.
	ErrMissing = errors.New("no recorded statistic")
)

// MaxFile bounds the size of a file of recorded statistics, in bytes.
const MaxFile = 64 << 20

// An Estimate is a measured number with the standard error of its mean.
type Estimate struct {
	Mean, StdErr float64
}

// Statistics are plain values that were measured on a landscape, one for each value class.
type Statistics struct {
	form   embed.Form
	values map[diagram.Diagram]Estimate // by value class
}

// NewStatistics returns statistics with the given plain values, each keyed by any diagram
// of its value class. The error wraps ErrStatistics if two keys are of one class, or a
// mean or standard error is not finite, or a standard error is negative.
func NewStatistics(form embed.Form, values map[diagram.Diagram]Estimate) (*Statistics, error) {
	s := &Statistics{form, map[diagram.Diagram]Estimate{}}
	for d, e := range values {
		if err := s.add(d, e); err != nil {
			return nil, fmt.Errorf("value: %w: %w", ErrStatistics, err)
		}
	}
	return s, nil
}

func (s *Statistics) add(d diagram.Diagram, e Estimate) error {
	class := d.Class()
	switch _, known := s.values[class]; {
	case known:
		return fmt.Errorf("%v: its value class stands twice", d)
	case math.IsNaN(e.Mean) || math.IsInf(e.Mean, 0):
		return fmt.Errorf("%v: the mean is %v", d, e.Mean)
	case !(e.StdErr >= 0) || math.IsInf(e.StdErr, 0):
		return fmt.Errorf("%v: the standard error is %v", d, e.StdErr)
	}
	s.values[class] = e
	return nil
}

// Form says whether the values are moments or cumulants.
func (s *Statistics) Form() embed.Form { return s.form }

// Value returns the recorded plain value of d, which the entry of any diagram of its
// value class serves. The error wraps ErrMissing and names the diagram.
func (s *Statistics) Value(d diagram.Diagram) (Estimate, error) {
	e, ok := s.values[d.Class()]
	if !ok {
		return Estimate{}, fmt.Errorf("%w of %v, nor of another diagram of its value class", ErrMissing, d)
	}
	return e, nil
}

// ReadStatistics reads recorded statistics as JSON,
//
//	{"form": "moment", "statistics": {"(01-2)(02-12)": {"mean": …, "stddev": …, "samples": …}, …}}
//
// where form is moment or cumulant, keys are diagrams in the notation of diagram.Parse,
// stddev is that of one sample, and the standard error is stddev/√samples. Other keys are
// ignored. The error wraps ErrStatistics and names the key.
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
		Form       *string         `json:"form"`
		Statistics *recorded       `json:"statistics"`
		Data       json.RawMessage `json:"data"`
		Theta      json.RawMessage `json:"theta"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, jsontype.Explain(err)
	}
	switch {
	case file.Statistics == nil && (file.Data != nil || file.Theta != nil):
		return nil, errors.New("statistics: missing; this looks like a landscape")
	case file.Statistics == nil:
		return nil, errors.New("statistics: missing")
	case file.Form == nil:
		return nil, errors.New("form: missing; it should be moment or cumulant")
	}
	form, err := embed.ParseForm(*file.Form)
	if err != nil {
		return nil, fmt.Errorf("form: %w", err)
	}
	s := &Statistics{form, map[diagram.Diagram]Estimate{}}
	for _, record := range *file.Statistics {
		if err := s.add(record.diagram, record.estimate); err != nil {
			return nil, fmt.Errorf("statistics: %w", err)
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
		var e recordedEstimate
		if err := dec.Decode(&e); err != nil {
			return fmt.Errorf("statistics: %v: %w", key, jsontype.Explain(err))
		}
		estimate, err := e.estimate()
		if err != nil {
			return fmt.Errorf("statistics: %v: %w", key, err)
		}
		*r = append(*r, record{d, estimate})
	}
	return nil
}

type recordedEstimate struct {
	Mean    *float64 `json:"mean"`
	StdDev  *float64 `json:"stddev"`
	Samples *int64   `json:"samples"`
}

func (e recordedEstimate) estimate() (Estimate, error) {
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
