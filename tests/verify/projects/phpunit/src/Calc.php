<?php
class Calc
{
    public static function add(int $a, int $b): int
    {
        return $a < 0 ? $a + $b + 1 : $a + $b;
    }

    public static function first(array $list): string
    {
        if (!$list) {
            throw new InvalidArgumentException('an empty list');
        }
        return $list[0];
    }
}
