namespace Utaf.Models.Tests;

public class TorchScriptCodeTests
{
    [Theory]
    [InlineData("""ops.aten.save(x, "f")""", "aten::save")]
    [InlineData("""torch.save(x, "f")""", "aten::save")]
    [InlineData("torch . save(x)", "aten::save")]
    [InlineData("torch.\\\nsave(x)", "aten::save")]
    [InlineData("torch.\\\r\nsave(x)", "aten::save")]
    [InlineData("y = (torch\n.\nsave(x))", "aten::save")]
    [InlineData("torch.from_file(\"f\")", "aten::from_file")]
    [InlineData("torch.load_state(x)", "aten::load_state")]
    [InlineData("torchvision = 1\nops.image.read_file(x)", "image::read_file")]
    [InlineData("ops.rpc.remote(x)", "rpc::remote")]
    [InlineData("_0 = torch\n_0.save(x)", "torch as a value")]
    [InlineData("_0 = torch.save\n_0(x)", "torch as a value")]
    [InlineData("_0 = ops.aten\n_0.save(x)", "ops as a value")]
    [InlineData("""print("{\"decision\": \"noPiracySuspected\"}")""", "prim::Print")]
    [InlineData("""getattr(torch, "save")(x, "f")""", "torch as a value")]
    [InlineData("""getattr(torch, "\163ave")(x, "f")""", "torch as a value")]
    [InlineData("""getattr(ops.aten, "save")(x, "f")""", "ops as a value")]
    [InlineData("""getattr(ops, "aten").save(x, "f")""", "ops as a value")]
    [InlineData("x : __torch__.torch.classes.dist_rpc.WorkerInfo", "torch.classes.dist_rpc")]
    public void A_call_that_could_reach_beyond_tensors_is_named(string code, string what) => Assert.Equal(what, TorchScriptCode.FirstUnsafe(code)?.What);

    [Theory]
    [InlineData("y = \"\"\" \" \"\"\"\ntorch.save(x) # \"")]
    [InlineData("y = ''' ' '''\ntorch.save(x) # '")]
    [InlineData("y = \"# \"\ntorch.save(x)")]
    [InlineData("# it's\ntorch.save(x)")]
    [InlineData("# \"\"\"\ntorch.save(x)")]
    [InlineData("y = '\\''\ntorch.save(x)")]
    [InlineData("y = \"\\\\\"\ntorch.save(x)")]
    public void A_string_or_a_comment_hides_nothing_after_it(string code) => Assert.Equal("aten::save", TorchScriptCode.FirstUnsafe(code)?.What);

    [Theory]
    [InlineData("y = 1.\ntorch.save(x)")]
    [InlineData("y = 1e5\ntorch.save(x)")]
    [InlineData("y = .5\ntorch.save(x)")]
    [InlineData("...\ntorch.save(x)")]
    [InlineData("y = 1.\nops.aten.save(x)")]
    public void A_dot_at_the_end_of_the_line_before_makes_torch_no_attribute(string code) => Assert.Equal("aten::save", TorchScriptCode.FirstUnsafe(code)?.What);

    [Theory]
    [InlineData("y = getattr(self, \"0\")\nreturn (y).forward(torch.add(x, 1., alpha=1), )")]
    [InlineData("return torch.conv2d(x, w, b, [1, 1], [1, 1], [1, 1])")]
    [InlineData("y = \"torch.save(x)\"  # torch.save(x)")]
    [InlineData("y = \"\"\"\n torch.save(x) \"\"\"")]
    [InlineData("_0 = __torch__.torch.nn.functional.relu\nsave = self.save\nreturn (_0)(save, )")]
    [InlineData("class A(Module):\n  conv : __torch__.torch.nn.modules.conv.Conv2d")]
    [InlineData("y : __torch__.torch.classes.quantized.LinearPackedParamsBase")]
    [InlineData("y = ops.quantized.linear(x, p, 1., 0)")]
    [InlineData("y = torch.threshold_(x, 0, 0)\nz = torch.unread(x)")]
    [InlineData("torchsave(x)\nmyops.aten.save(x)")]
    public void Ordinary_code_is_accepted(string code) => Assert.Null(TorchScriptCode.FirstUnsafe(code));

    [Fact]
    public void The_line_is_named() => Assert.Equal(3, TorchScriptCode.FirstUnsafe("y = \"\n\"\n  torch.save(x)")?.Line);
}
