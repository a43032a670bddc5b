// Command shape prints how Kubernetes decodes a pod template: for each struct of the API, its fields in Go's notation.
// `*T` is kept when it is zero, `T` is dropped when it is zero, `T!` is written even when it is absent. The adapter
// `engine/evidence/kubernetes` reads this table, and its JSON schema is derived from it.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var leaves = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():  "Quantity",
	reflect.TypeFor[intstr.IntOrString](): "IntOrString",
	reflect.TypeFor[metav1.Time]():        "Time",
}

type field struct{ name, notation string }

type object struct {
	name   string
	fields []field
}

var seen = map[reflect.Type]bool{}
var objects []object

func notation(t reflect.Type) string {
	if leaf, ok := leaves[t]; ok {
		return leaf
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + notation(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + notation(t.Elem())
	case reflect.Map:
		return "{}" + notation(t.Elem())
	case reflect.Struct:
		visit(t)
		return t.Name()
	default:
		return t.Kind().String()
	}
}

func visit(t reflect.Type) {
	if seen[t] {
		return
	}
	seen[t] = true
	at := len(objects)
	objects = append(objects, object{name: t.Name()})
	objects[at].fields = fields(t)
}

func fields(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			all = append(all, fields(f.Type)...)
			continue
		}
		// Who manages a field is no part of what a pod is.
		if tag == "" || tag == "-" || tag == "managedFields" {
			continue
		}
		text := notation(f.Type)
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			text += "!"
		}
		all = append(all, field{tag, text})
	}
	return all
}

func main() {
	visit(reflect.TypeFor[corev1.PodTemplateSpec]())
	fmt.Println("{")
	for i, o := range objects {
		fmt.Printf("  %q: {\n", o.name)
		for j, f := range o.fields {
			comma := ","
			if j == len(o.fields)-1 {
				comma = ""
			}
			value, _ := json.Marshal(f.notation)
			fmt.Printf("    %q: %s%s\n", f.name, value, comma)
		}
		if i == len(objects)-1 {
			fmt.Println("  }")
		} else {
			fmt.Println("  },")
		}
	}
	fmt.Println("}")
}
