"""What a paper says by names, and what the names stand for."""


class Named:
    """The names that everything but the paper itself reads.

    Saving, resuming, `check_freeze`, memory, averages, the referee, the command and the
    tests know a game by these alone.

    Attributes:
        trains: dict, the name of each compiled model -> the names of the networks that
            its `train_on_batch` trains. The game has an attribute of each name.
        shows: list, the networks that make what people see; these are averaged.
        keeps: list, layers with a state of their own that a run must not lose.
        draws: dict, the name of each array of random numbers that a turn takes -> a
            number that keeps it apart from others with the same seed. The method
            `draw_NAME(n, rng)` draws it.
        logs: tuple of str, what `train_on_batch` returns.
    """

    trains, shows, keeps, draws, logs = {}, [], [], {}, ()

    @property
    def trainers(self):
        """The compiled models, by name. One that two names stand for is there once."""
        models = {}
        for name in self.trains:
            model = getattr(self, name)
            if all(model is not other for other in models.values()):
                models[name] = model
        return models

    @property
    def players(self):
        """The networks that are trained, by name."""
        return {name: getattr(self, name) for names in self.trains.values() for name in names}

    @property
    def optimizers(self):
        """The optimizers, by the name of the model that they train. One that two share
        is once."""
        optimizers = {}
        for name, model in self.trainers.items():
            if all(model.optimizer is not other for other in optimizers.values()):
                optimizers[name] = model.optimizer
        return optimizers

    @property
    def parts(self):
        """All that has a state, by name: networks and averages, optimizers, layers that
        are kept.

        Each is a `keras` object with `variables`, and there is no variable twice.
        """
        optimizers = {f"optimizer of {name}": part for name, part in self.optimizers.items()}
        kept = {name: getattr(self, name) for name in self.keeps}
        return {**self.players, **self.averages, **optimizers, **kept}
