package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/avro"
)

// schema is a schema with the definitions of its names.
type schema struct {
	avro  *avro.Schema
	root  *avro.SchemaNode
	names map[string]*avro.SchemaNode
}

var parsed = map[string]*schema{}

func parse(text string) (*schema, error) {
	if known, ok := parsed[text]; ok {
		return known, nil
	}
	compiled, err := avro.Parse(text)
	if err != nil {
		return nil, err
	}
	s := &schema{compiled, compiled.Root(), map[string]*avro.SchemaNode{}}
	s.collect(s.root)
	parsed[text] = s
	return s, nil
}

func fullname(node *avro.SchemaNode) string {
	if node.Namespace == "" || strings.Contains(node.Name, ".") {
		return node.Name
	}
	return node.Namespace + "." + node.Name
}

func (s *schema) collect(node *avro.SchemaNode) {
	switch node.Type {
	case "record", "enum", "fixed":
		// A reference may be the name alone, of which each schema here has one.
		s.names[fullname(node)], s.names[node.Name] = node, node
	}
	for index := range node.Fields {
		s.collect(&node.Fields[index].Type)
	}
	for index := range node.Branches {
		s.collect(&node.Branches[index])
	}
	if node.Items != nil {
		s.collect(node.Items)
	}
	if node.Values != nil {
		s.collect(node.Values)
	}
}

func (s *schema) resolve(node *avro.SchemaNode) *avro.SchemaNode {
	if known, ok := s.names[node.Type]; ok {
		return known
	}
	return node
}

// branch is the branch of this name.
func (s *schema) branch(union *avro.SchemaNode, name string) (*avro.SchemaNode, error) {
	for index := range union.Branches {
		branch := s.resolve(&union.Branches[index])
		if branch.Type == name || branch.Name != "" && fullname(branch) == name {
			return branch, nil
		}
	}
	return nil, fmt.Errorf("no branch is named %q", name)
}

// normal is the common form of a value that was decoded with tagged unions.
func (s *schema) normal(value any) (any, error) { return s.normalOf(s.root, value) }

// native is the value that is encoded, of a common form.
func (s *schema) native(form any) (any, error) { return s.nativeOf(s.root, form) }

type convert func(*avro.SchemaNode, any) (any, error)

// nested converts what has parts, and says whether it did.
func (s *schema) nested(node *avro.SchemaNode, value any, each convert) (any, bool, error) {
	switch node.Type {
	case "union":
		if value == nil {
			return nil, true, nil
		}
		tagged, ok := value.(map[string]any)
		if !ok || len(tagged) != 1 {
			return nil, true, fmt.Errorf("%v names no branch", value)
		}
		for name, inner := range tagged {
			branch, err := s.branch(node, name)
			if err != nil {
				return nil, true, err
			}
			converted, err := each(branch, inner)
			return map[string]any{name: converted}, true, err
		}
	case "record":
		fields := map[string]any{}
		for index := range node.Fields {
			field := &node.Fields[index]
			converted, err := each(&field.Type, value.(map[string]any)[field.Name])
			if err != nil {
				return nil, true, fmt.Errorf("%s: %w", field.Name, err)
			}
			fields[field.Name] = converted
		}
		return fields, true, nil
	case "array":
		items := []any{}
		for _, item := range value.([]any) {
			converted, err := each(node.Items, item)
			if err != nil {
				return nil, true, err
			}
			items = append(items, converted)
		}
		return items, true, nil
	case "map":
		entries := map[string]any{}
		for key, item := range value.(map[string]any) {
			converted, err := each(node.Values, item)
			if err != nil {
				return nil, true, err
			}
			entries[key] = converted
		}
		return entries, true, nil
	}
	return nil, false, nil
}

const (
	dateTime = "2006-01-02T15:04:05.000000000"
	date     = "2006-01-02"
)

func (s *schema) normalOf(node *avro.SchemaNode, value any) (any, error) {
	node = s.resolve(node)
	if form, done, err := s.nested(node, value, s.normalOf); done {
		return form, err
	}
	switch value := value.(type) {
	case time.Time:
		switch {
		case node.LogicalType == "date":
			return value.Format(date), nil
		case strings.HasPrefix(node.LogicalType, "local-"):
			return value.Format(dateTime), nil
		default:
			return value.Format(dateTime) + "Z", nil
		}
	case time.Duration:
		return time.Time{}.Add(value).Format(dateTime[11:]), nil
	case *big.Rat:
		return value.FloatString(node.Scale), nil
	case avro.Duration:
		return map[string]uint32{"months": value.Months, "days": value.Days, "millis": value.Milliseconds}, nil
	case int64:
		return strconv.FormatInt(value, 10), nil
	case float32:
		return fmt.Sprintf("%08x", math.Float32bits(value)), nil
	case float64:
		return fmt.Sprintf("%016x", math.Float64bits(value)), nil
	case []byte:
		return hex.EncodeToString(value), nil
	case [16]byte:
		text := hex.EncodeToString(value[:])
		return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-"), nil
	case nil, bool, int32, string:
		return value, nil
	default:
		return nil, fmt.Errorf("%T is read of %s %s", value, node.Type, node.LogicalType)
	}
}

func (s *schema) nativeOf(node *avro.SchemaNode, form any) (any, error) {
	node = s.resolve(node)
	if value, done, err := s.nested(node, form, s.nativeOf); done {
		return value, err
	}
	text, _ := form.(string)
	switch logical := node.LogicalType; {
	case logical == "date":
		return time.Parse(date, text)
	case strings.HasPrefix(logical, "time-"):
		parsed, err := time.Parse(dateTime[11:], text)
		return parsed.Sub(parsed.Truncate(24 * time.Hour)), err
	case strings.Contains(logical, "timestamp-"):
		return time.Parse(dateTime, strings.TrimSuffix(text, "Z"))
	case logical == "decimal":
		number, ok := new(big.Rat).SetString(text)
		if !ok {
			return nil, fmt.Errorf("%q is not a decimal", text)
		}
		return number, nil
	case logical == "duration":
		numbers := [3]uint32{}
		for index, name := range []string{"months", "days", "millis"} {
			number, err := strconv.ParseUint(form.(map[string]any)[name].(json.Number).String(), 10, 32)
			if err != nil {
				return nil, err
			}
			numbers[index] = uint32(number)
		}
		return avro.Duration{Months: numbers[0], Days: numbers[1], Milliseconds: numbers[2]}, nil
	case logical == "uuid":
		return text, nil
	}
	switch node.Type {
	case "int":
		number, err := strconv.ParseInt(form.(json.Number).String(), 10, 32)
		return int32(number), err
	case "long":
		return strconv.ParseInt(text, 10, 64)
	case "float":
		bits, err := strconv.ParseUint(text, 16, 32)
		return math.Float32frombits(uint32(bits)), err
	case "double":
		bits, err := strconv.ParseUint(text, 16, 64)
		return math.Float64frombits(bits), err
	case "bytes", "fixed":
		return hex.DecodeString(text)
	default:
		return form, nil
	}
}
