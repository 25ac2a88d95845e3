package calc

import (
	"fmt"
	"testing"
)

func TestAdd(t *testing.T) {
	if got := Add(1, 2); got != 3 {
		t.Errorf("Add(1, 2) = %d; want 3", got)
	}
}

func TestTable(t *testing.T) {
	for _, c := range []struct {
		name       string
		a, b, want int
	}{{"positive", 1, 2, 3}, {"negative numbers", -1, 2, 1}, {"zero", 0, 0, 0}} {
		t.Run(c.name, func(t *testing.T) {
			fmt.Println("adding", c.a, c.b)
			if got := Add(c.a, c.b); got != c.want {
				t.Errorf("Add(%d, %d) = %d; want %d", c.a, c.b, got, c.want)
			}
		})
	}
}

func TestNoNewline(t *testing.T) {
	fmt.Print("no newline at the end")
}

func TestSkipped(t *testing.T) {
	t.Skip("not on this machine")
}

func TestParallel(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		name := name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Logf("greeting %s", Greet(name))
			if name == "b" {
				t.Fatalf("got %q\nwant %q", Greet(name), "hello, a")
			}
		})
	}
}

func ExampleGreet() {
	fmt.Println(Greet("ana"))
	// Output: hello, bo
}
