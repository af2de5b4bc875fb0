// Sends and reads messages with franz-go, its client of registries, and twmb/avro. The page beside this folder has the
// jobs.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sr"
)

// How long a job may take.
const patience = 60 * time.Second

type job struct {
	Do       string    `json:"do"`
	Topic    string    `json:"topic"`
	Framing  string    `json:"framing"`
	Keys     string    `json:"keys"`
	Codec    string    `json:"codec"`
	Messages []message `json:"messages"`
}

type message struct {
	Key   any     `json:"key"`
	Value any     `json:"value"`
	Datum *string `json:"datum"`
}

type program struct {
	brokers  []string
	registry *sr.Client
}

// framing puts an id in front of a datum and takes it away again.
type framing interface {
	prefix(id int) []byte
	id(payload []byte) (int, []byte, error)
}

// A zero, four bytes of schema id, and the datum.
type confluent struct{ header sr.ConfluentHeader }

func (c *confluent) prefix(id int) []byte {
	prefix, _ := c.header.AppendEncode(nil, id, nil)
	return prefix
}

func (c *confluent) id(payload []byte) (int, []byte, error) { return c.header.DecodeID(payload) }

// Four bytes of schema id and the datum, as services write it by hand.
type bare struct{}

func (bare) prefix(id int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(id)) }

func (bare) id(payload []byte) (int, []byte, error) {
	if len(payload) < 4 {
		return 0, nil, errors.New("less than four bytes")
	}
	return int(binary.BigEndian.Uint32(payload)), payload[4:], nil
}

var framings = map[string]framing{"confluent": &confluent{}, "bare": bare{}}

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

// part is a topic's keys or values: the newest schema, its id, and how it is framed.
type part struct {
	framing framing
	prefix  []byte
	schema  *schema
	program *program
}

func (p *program) part(ctx context.Context, topic, name, framing string) (*part, error) {
	found, err := p.registry.SchemaByVersion(ctx, topic+"-"+name, -1)
	if err != nil {
		return nil, err
	}
	schema, err := parse(found.Schema.Schema)
	if err != nil {
		return nil, err
	}
	frame, known := framings[framing]
	if !known {
		return nil, fmt.Errorf("unknown framing %q", framing)
	}
	return &part{frame, frame.prefix(found.ID), schema, p}, nil
}

func (p *program) parts(ctx context.Context, job *job) (keys, values *part, err error) {
	if job.Keys == "avro" {
		if keys, err = p.part(ctx, job.Topic, "key", job.Framing); err != nil {
			return nil, nil, err
		}
	}
	values, err = p.part(ctx, job.Topic, "value", job.Framing)
	return keys, values, err
}

func (p *part) write(form any) ([]byte, error) {
	value, err := p.schema.native(form)
	if err != nil {
		return nil, err
	}
	return p.schema.avro.AppendEncode(append([]byte(nil), p.prefix...), value)
}

// read gives the common form of a payload, and the datum that is written of what was read.
func (p *part) read(ctx context.Context, payload []byte) (form any, again []byte, err error) {
	id, datum, err := p.framing.id(payload)
	if err != nil {
		return nil, nil, err
	}
	text, err := p.program.registry.SchemaByID(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	schema, err := parse(text.Schema)
	if err != nil {
		return nil, nil, err
	}
	var value any
	rest, err := schema.avro.Decode(datum, &value, avro.TaggedUnions())
	if err != nil {
		return nil, nil, err
	}
	if len(rest) > 0 {
		return nil, nil, fmt.Errorf("%d bytes are left", len(rest))
	}
	if form, err = schema.normal(value); err != nil {
		return nil, nil, err
	}
	again, err = schema.avro.Encode(value)
	return form, again, err
}

func (p *program) produce(ctx context.Context, job *job) (any, error) {
	keys, values, err := p.parts(ctx, job)
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(p.brokers...),
		kgo.ProducerBatchCompression(codecs[job.Codec]),
		kgo.ProducerLinger(20*time.Millisecond),
	)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	records := make([]*kgo.Record, 0, len(job.Messages))
	for _, message := range job.Messages {
		record := &kgo.Record{Topic: job.Topic}
		if keys == nil {
			record.Key = []byte(message.Key.(string))
		} else if record.Key, err = keys.write(message.Key); err != nil {
			return nil, err
		}
		if message.Value != nil {
			if record.Value, err = values.write(message.Value); err != nil {
				return nil, err
			}
		}
		records = append(records, record)
	}
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return nil, err
	}
	return map[string]int{"sent": len(records)}, nil
}

// end is the offset behind the last record of the topic's only partition.
func end(ctx context.Context, client *kgo.Client, topic string) (int64, error) {
	partition := kmsg.NewListOffsetsRequestTopicPartition()
	partition.Timestamp = -1
	topics := kmsg.NewListOffsetsRequestTopic()
	topics.Topic, topics.Partitions = topic, []kmsg.ListOffsetsRequestTopicPartition{partition}
	request := kmsg.NewListOffsetsRequest()
	request.IsolationLevel, request.Topics = 1, []kmsg.ListOffsetsRequestTopic{topics}
	answer, err := request.RequestWith(ctx, client)
	if err != nil {
		return 0, err
	}
	return answer.Topics[0].Partitions[0].Offset, nil
}

func (p *program) consume(ctx context.Context, job *job) (any, error) {
	keys, values, err := p.parts(ctx, job)
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(p.brokers...),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{job.Topic: {0: kgo.NewOffset().AtStart()}}),
	)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	last, err := end(ctx, client, job.Topic)
	if err != nil {
		return nil, err
	}
	messages := []message{}
	for at := int64(0); at < last; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, err
		}
		for _, record := range fetches.Records() {
			at = record.Offset + 1
			read := message{}
			if keys == nil {
				read.Key = string(record.Key)
			} else if read.Key, _, err = keys.read(ctx, record.Key); err != nil {
				return nil, err
			}
			if record.Value != nil {
				form, again, err := values.read(ctx, record.Value)
				if err != nil {
					return nil, err
				}
				text := hex.EncodeToString(again)
				read.Value, read.Datum = form, &text
			}
			messages = append(messages, read)
		}
	}
	return map[string]any{"messages": messages}, nil
}

func versions() (any, error) {
	build, _ := debug.ReadBuildInfo()
	var libraries []string
	for _, module := range build.Deps {
		if name, ours := strings.CutPrefix(module.Path, "github.com/twmb/"); ours && !strings.HasSuffix(name, "kmsg") {
			libraries = append(libraries, "twmb/"+name+" "+strings.TrimPrefix(module.Version, "v"))
		}
	}
	return map[string]string{
		"language":  "Go " + strings.TrimPrefix(runtime.Version(), "go"),
		"libraries": strings.Join(libraries, ", "),
	}, nil
}

func (p *program) do(job *job) (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	switch job.Do {
	case "versions":
		return versions()
	case "produce":
		return p.produce(ctx, job)
	case "consume":
		return p.consume(ctx, job)
	default:
		return nil, fmt.Errorf("unknown job %q", job.Do)
	}
}

func main() {
	registry, err := sr.NewClient(sr.URLs(os.Getenv("SCHEMA_REGISTRY_URL")))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program := &program{strings.Split(os.Getenv("KAFKA_BOOTSTRAP_SERVERS"), ","), registry}
	jobs := json.NewDecoder(bufio.NewReader(os.Stdin))
	jobs.UseNumber()
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for jobs.More() {
		var next job
		err := jobs.Decode(&next)
		var answer any
		if err == nil {
			answer, err = program.do(&next)
		}
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		if err := answers.Encode(answer); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
