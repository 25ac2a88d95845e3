package calc;

import static org.junit.Assert.assertEquals;

import java.util.Arrays;
import java.util.Collection;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized;
import org.junit.runners.Parameterized.Parameters;

@RunWith(Parameterized.class)
public class EachTest {
    private final int number;

    public EachTest(int number) {
        this.number = number;
    }

    @Parameters(name = "of {0}")
    public static Collection<Object[]> numbers() {
        return Arrays.asList(new Object[][] {{1}, {-1}});
    }

    @Before
    public void setUp() {
        if (number == 1) {
            throw new IllegalStateException("no set-up for 1");
        }
    }

    @Test
    public void addsNothing() {
        assertEquals(number, Calc.add(number, 0));
    }
}
