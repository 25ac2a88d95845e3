#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add(int a, int b) { return a < 0 ? a + b + 1 : a + b; }

static int expect(int got, int want, int line) {
    if (got == want) return 0;
    printf("%s:%d: got %d, want %d\n", __FILE__, line, got, want);
    return 1;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "adds")) return expect(add(1, 2), 3, __LINE__);
    if (!strcmp(name, "negative")) {
        printf("adding -1 and 2\n");
        return expect(add(-1, 2), 1, __LINE__);
    }
    if (!strcmp(name, "outside")) assert(add(1, 1) == 3);
    if (!strcmp(name, "slow")) sleep(5);
    return 77;
}
