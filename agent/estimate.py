"""How likely samples are to hold a right one."""

from math import prod


def pass_at(n: int, c: int, k: int) -> float:
    """The unbiased estimate of pass@k, where `c` of `n` samples were right: 1 - C(n - c, k) / C(n, k).

    After Chen et al., Evaluating Large Language Models Trained on Code, 2021. Raises ValueError where there is no
    such estimate: fewer samples than k, or more right ones than samples.
    """
    if not 1 <= k <= n or not 0 <= c <= n:
        raise ValueError(f"pass@{k} cannot be told from {n} samples of which {c} are right")
    if n - c < k:
        return 1.0
    return 1.0 - prod(1.0 - k / i for i in range(n - c + 1, n + 1))
