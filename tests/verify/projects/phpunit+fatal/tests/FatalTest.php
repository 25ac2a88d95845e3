<?php
use PHPUnit\Framework\TestCase;

class FatalTest extends TestCase
{
    public function testEnds(): void
    {
        exit(0);
    }
}
