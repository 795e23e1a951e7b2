namespace Utaf;

/// <summary>
/// Every error that a user can meet. 10xx: command line and configuration; 11xx: model artifacts; 12xx: data; 13xx: pairs,
/// stores and commitments; 14xx: ensembles; 15xx: construction; 16xx: verification and prediction APIs; 17xx: GitHub;
/// 18xx: serving; 20xx: the machine; 99xx: the product itself.
/// </summary>
public static class Errors
{
    /// <summary>The command line is not understood.</summary>
    public static UtafException BadCommandLine(string problem, string command) =>
        Usage("UTAF1000", "utaf", $"{problem.TrimEnd('.')}. See: {command} --help.");

    /// <summary>An option has a value outside its range.</summary>
    public static UtafException BadOption(string option, string found, string expected) =>
        Usage("UTAF1001", "utaf", $"{option} is '{found}', expected {expected}.");

    /// <summary>A file that the user named is not there.</summary>
    public static UtafException FileNotFound(string path, string what) =>
        Usage("UTAF1002", path, $"There is no such file. Give the path of {what}.");

    /// <summary>A file that the user named cannot be read.</summary>
    public static UtafException FileUnreadable(string path, Exception inner) =>
        Usage("UTAF1003", path, $"The file cannot be read: {inner.Message} Check its permissions and the disk.", inner);

    /// <summary>An environment variable that holds a secret is not set.</summary>
    public static UtafException SecretMissing(string purpose, string variable) =>
        Environment("UTAF1012", "utaf", $"{purpose} is to be read from the environment variable {variable}, which is not set or empty. Set it, or name another with env:NAME.");

    /// <summary>The model file is empty.</summary>
    public static UtafException EmptyModel(string path) =>
        Usage("UTAF1101", path, "The model file is empty (0 bytes). Export it again with torch.jit.save(torch.jit.script(model), path).");

    /// <summary>The model file is no TorchScript archive.</summary>
    public static UtafException NotTorchScript(string path, string found) =>
        Usage("UTAF1102", path, $"Expected a TorchScript archive, found {found}. Export the model in Python: torch.jit.save(torch.jit.script(model.eval()), 'model.pt').");

    /// <summary>The model archive is cut short or damaged.</summary>
    public static UtafException TruncatedModel(string path, string detail) =>
        Usage("UTAF1103", path, $"The TorchScript archive is truncated or damaged: {detail} Copy or export it again.");

    /// <summary>The file is a state dict or a pickled module.</summary>
    public static UtafException StateDict(string path) =>
        Usage("UTAF1104", path, "This was written by torch.save and holds weights (a state dict or a pickled module) without the code of the model. In Python, load it into the model and run: torch.jit.save(torch.jit.script(model.eval()), 'model.pt').");

    /// <summary>The archive's code names operators that touch files.</summary>
    public static UtafException UnsafeOperator(string path, string operatorName, string place) =>
        Usage("UTAF1105", path, $"The model's code calls {operatorName} ({place}), which can reach beyond the model's own tensors. UTAF does not run it. Ask whoever made the file for one without it.");

    /// <summary>The model's forward does not take one tensor, or not one of this shape or type.</summary>
    public static UtafException WrongInput(string path, string expected, string found) =>
        Usage("UTAF1106", path, $"The model cannot take the given input. Expected: {expected}. Found: {found}. For a target, give the right shape with --input-shape; or export a model that takes one float32 tensor [N, ...].");

    /// <summary>The model returns something else than one tensor.</summary>
    public static UtafException NotOneOutput(string path, string found) =>
        Usage("UTAF1107", path, $"Expected one tensor [N, ...] as output, found {found}. Export a wrapper whose forward returns the one tensor that is the model's product.");

    /// <summary>The model has no parameters to obfuscate.</summary>
    public static UtafException NoParameters(string path) =>
        Usage("UTAF1108", path, "The model has no parameters: torch.jit.freeze turns them into constants. Export it without freeze; fine-tuning and pruning need them.");

    /// <summary>The named last layer is not in the model.</summary>
    public static UtafException UnknownLayer(string path, string layer, IEnumerable<string> layers) =>
        Usage("UTAF1109", path, $"There is no layer '{layer}' with parameters. The layers are: {string.Join(", ", layers)}.");

    /// <summary>A table has a cell that is no number.</summary>
    public static UtafException NotANumber(string path, long row, string column, string found) =>
        Usage("UTAF1201", $"{path}({row})", $"Expected a number in row {row}, column {column}, found '{found}'. Correct or remove the row.");

    /// <summary>A value is NaN or infinite.</summary>
    public static UtafException NotFinite(string path, long row, string column, string found) =>
        Usage("UTAF1202", $"{path}({row})", $"Expected a finite number in row {row}, column {column}, found {found}. Fill in or remove missing values first.");

    /// <summary>There is no such column.</summary>
    public static UtafException UnknownColumn(string path, string column, string columns) =>
        Usage("UTAF1203", path, $"There is no column '{column}'. The file has {columns}. Choose the label with --label NAME, or by position (0 is the first, -1 the last).");

    /// <summary>A label is no class number of the model.</summary>
    public static UtafException LabelOutOfRange(string path, long row, string found, int classes) =>
        Usage("UTAF1204", $"{path}({row})", $"Expected a class number from 0 to {classes - 1} (the model has {classes} outputs) in row {row}, found {found}. Choose the label column with --label, or the task with --task.");

    /// <summary>A classifier needs two classes at least.</summary>
    public static UtafException TooFewClasses(string path, int classes) =>
        Usage("UTAF1205", path, $"Expected at least two classes, found {classes}. A classifier cannot be trained on one class.");

    /// <summary>The data's width does not fit the model.</summary>
    public static UtafException WrongDataShape(string path, string expected, string found) =>
        Usage("UTAF1206", path, $"The data does not fit the model: expected {expected}, found {found}. Check --label, --skip-columns and --input-shape.");

    /// <summary>The file's format is not known or broken.</summary>
    public static UtafException BadDataFile(string path, string expected, string found) =>
        Usage("UTAF1207", path, $"Expected {expected}, found {found}.");

    /// <summary>Rows of a table differ in width.</summary>
    public static UtafException RaggedRow(string path, long row, int expected, int found) =>
        Usage("UTAF1208", $"{path}({row})", $"Expected {expected} columns as in the first row, found {found} in row {row}.");

    /// <summary>There are too few examples.</summary>
    public static UtafException TooFewExamples(string path, int expected, int found) =>
        Usage("UTAF1209", path, $"Expected at least {expected} examples, found {found}.");

    /// <summary>The pair file is cut short or is none.</summary>
    public static UtafException BadPair(string path, string detail) =>
        Usage("UTAF1301", path, $"This is no readable fingerprinting pair: {detail} Fetch it again from the store.");

    /// <summary>The bytes are not those that the digest names.</summary>
    public static UtafException AlteredPair(string path, string expected, string found) =>
        Usage("UTAF1302", path, $"The pair was altered or torn: expected SHA-256 {expected}, found {found}. Restore it from a backup or fingerprint the model again.");

    /// <summary>The pair was written by a newer format.</summary>
    public static UtafException PairVersion(string path, int expected, int found) =>
        Usage("UTAF1303", path, $"The pair has format version {found}, this tool reads {expected}. Update the tool.");

    /// <summary>The store has no such pair.</summary>
    public static UtafException PairNotInStore(string store, string wanted) =>
        Usage("UTAF1304", store, $"The store has no pair {wanted}. See: dotnet utaf list.");

    /// <summary>The store cannot be written or read.</summary>
    public static UtafException StoreUnusable(string store, string detail, Exception? inner = null) =>
        Environment("UTAF1305", store, $"The store cannot be used: {detail} Check that it exists, its permissions, and that there is room.", inner);

    /// <summary>The store's address is not understood.</summary>
    public static UtafException UnknownStore(string store) =>
        Usage("UTAF1306", store, "Expected a store of the form folder:PATH.");

    /// <summary>A name cannot be a folder's name in the store.</summary>
    public static UtafException BadName(string what, string found) =>
        Usage("UTAF1307", "utaf", $"The {what} is '{found}', expected letters, digits, '.', '_' or '-', not starting with '.', at most 100 of them.");

    /// <summary>More than one pair fits.</summary>
    public static UtafException AmbiguousPair(string store, string wanted, IEnumerable<string> found) =>
        Usage("UTAF1308", store, $"More than one pair fits {wanted}: {string.Join(", ", found)}. Name one by its version or digest.");

    /// <summary>An output file cannot be written.</summary>
    public static UtafException Unwritable(string path, Exception inner) =>
        Environment("UTAF1309", path, $"The file cannot be written: {inner.Message} Nothing was left half-written.", inner);

    /// <summary>The file is no commitment.</summary>
    public static UtafException BadCommitment(string place, string detail) =>
        Usage("UTAF1330", place, $"This is no readable commitment: {detail} Expected an in-toto Statement v1 as 'dotnet utaf fingerprint' writes it, bare or in a DSSE envelope or Sigstore bundle. Fetch it again from where it was published.");

    /// <summary>The statement is of another kind.</summary>
    public static UtafException OtherStatement(string place, string expected, string found) =>
        Usage("UTAF1331", place, $"This in-toto statement is no commitment: expected the predicate type {expected}, found {found}. Name the file that 'dotnet utaf fingerprint' wrote, or what was signed with that predicate type.");

    /// <summary>The commitment was written by a newer format.</summary>
    public static UtafException CommitmentVersion(string place, int expected, int found) =>
        Usage("UTAF1332", place, $"The commitment has format version {found}, this tool reads {expected}. Update the tool.");

    /// <summary>Something else is where the commitment is to be written.</summary>
    public static UtafException CommitmentInTheWay(string path, Exception inner) =>
        Usage("UTAF1333", path, $"The commitment is to be written here, but the file is something else and is not overwritten: {inner.Message} Move it, or choose another with --commitment.", inner);

    /// <summary>The ensemble's folder belongs to another plan.</summary>
    public static UtafException OtherPlan(string folder, string expected, string found) =>
        Usage("UTAF1401", folder, $"The folder holds the ensemble of another plan: expected {expected}, found {found}. Choose another --ensemble folder, or the options the folder was made with.");

    /// <summary>A member's file is damaged.</summary>
    public static UtafException BadMember(string path, string detail) =>
        Usage("UTAF1402", path, $"The member's file cannot be used: {detail} Delete it; the next run builds it again.");

    /// <summary>A model returned NaN or infinity.</summary>
    public static UtafException NonFiniteOutputs(string stage, string member) =>
        Usage("UTAF1403", member, $"The model returned NaN or infinity ({stage}). Check its weights and that the data has the scale it was trained with.");

    /// <summary>A model's output differs in size from the target's.</summary>
    public static UtafException WrongOutputWidth(string model, int expected, int found) =>
        Usage("UTAF1404", model, $"Expected {expected} numbers per example, as the target has, found {found}.");

    /// <summary>The split leaves a part empty.</summary>
    public static UtafException EnsembleTooSmall(string detail) =>
        Usage("UTAF1405", "utaf", $"The ensemble is too small to be split: {detail} Choose a larger profile or smaller fractions.");

    /// <summary>The ensemble is not complete.</summary>
    public static UtafException IncompleteEnsemble(string folder, int built, int planned) =>
        Usage("UTAF1406", folder, $"The ensemble has {built} of {planned} members. Build the rest with: dotnet utaf ensemble build.");

    /// <summary>A listed negative is the target.</summary>
    public static UtafException ListedTarget(string path) =>
        Usage("UTAF1407", path, "This model was listed as independent, but its weights are the target's. Remove it from --negatives.");

    /// <summary>The objective is NaN or infinite.</summary>
    public static UtafException Diverged(string stage, int iteration) =>
        Usage("UTAF1501", "utaf", $"The objective became NaN or infinite ({stage}, iteration {iteration}). Lower the learning rate.");

    /// <summary>Managed and torch's scores differ.</summary>
    public static UtafException ScoreMismatch(double managed, double torch) =>
        Environment("UTAF1502", "utaf", $"The managed meta-verifier scores {managed:R} where torch scores {torch:R}; they must agree within 1e-5. The pair was not written. Please report this with the output of: dotnet utaf doctor.");

    /// <summary>The suspect's output differs in size from the pair's.</summary>
    public static UtafException SuspectWidth(string suspect, int expected, int found) =>
        Usage("UTAF1601", suspect, $"The pair was made for a model with {expected} outputs, the suspect has {found}. It is another task, or its answers need mapping.");

    /// <summary>The suspect cannot take the fingerprint's inputs.</summary>
    public static UtafException SuspectInput(string suspect, string expected, string found) =>
        Usage("UTAF1602", suspect, $"The pair's inputs are {expected}; the suspect was given {found}. It is another task, or its file wants another shape or type.");

    /// <summary>The suspect answered with NaN or infinity.</summary>
    public static UtafException SuspectNotFinite(string suspect, int example) =>
        Inconclusive("UTAF1603", suspect, $"The suspect answered example {example} with NaN or infinity. No verdict can be made from it.");

    /// <summary>There is no such form of report.</summary>
    public static UtafException UnknownReportForm(string found, IEnumerable<string> expected) =>
        Usage("UTAF1650", "utaf", $"There is no report form '{found}', expected one of: {string.Join(", ", expected)}.");

    /// <summary>Another process verifies the same suspects with the same evidence folder.</summary>
    public static UtafException RunUnderWay(string folder) =>
        Environment("UTAF1660", folder, "Another process is verifying the same suspects, with its evidence in this folder. Wait for it, or choose another --evidence folder.");

    /// <summary>The evidence folder cannot be written.</summary>
    public static UtafException EvidenceUnusable(string folder, Exception inner) =>
        Environment("UTAF1661", folder, $"The evidence cannot be kept in this folder: {inner.Message} Choose another with --evidence.", inner);

    /// <summary>The suspect's host cannot be found, or takes no connections.</summary>
    public static UtafException SuspectUnreachable(string suspect, string host, string detail, Exception? inner = null) =>
        Inconclusive("UTAF1625", suspect, $"{host} cannot be reached: {detail} Check the suspect's url, the network and the proxy.", inner);

    /// <summary>TLS fails: the certificate is not trusted, or the two sides have no protocol in common.</summary>
    public static UtafException NoSecureConnection(string suspect, string host, string detail, Exception? inner = null) =>
        Inconclusive("UTAF1626", suspect, $"No secure connection to {host}: {detail} If the service has a private authority, let this machine trust its certificate; if it asks for a client certificate, set authentication.certificate.", inner);

    /// <summary>Only server errors, refusals for now, timeouts or broken connections, whatever was tried.</summary>
    public static UtafException SuspectSilent(string suspect, int attempts, string detail, Exception? inner = null) =>
        Inconclusive("UTAF1627", suspect, $"The suspect gave no answer in {attempts} attempt(s); the last ended with: {detail} Try again later, or raise limits.retries or limits.timeoutSeconds.", inner);

    /// <summary>401 or 403.</summary>
    public static UtafException SuspectRefusesAccess(string suspect, int status, string advice) =>
        Usage("UTAF1628", suspect, $"The suspect refuses access (HTTP {status}). {advice}");

    /// <summary>407, or another refusal of the proxy's.</summary>
    public static UtafException ProxyRefuses(string suspect, string detail, Exception? inner = null) =>
        Usage("UTAF1629", suspect, $"The proxy does not let the request through: {detail} Check the suspect's proxy, or HTTPS_PROXY, HTTP_PROXY and NO_PROXY.", inner);

    /// <summary>404, 405 or 410: nothing of this protocol is served there.</summary>
    public static UtafException NothingServed(string suspect, int status, string address) =>
        Usage("UTAF1630", suspect, $"Nothing is served at {address} (HTTP {status}). Check the suspect's url and protocol, and the model's name in them.");

    /// <summary>Any other 4xx: the API does not take these inputs.</summary>
    public static UtafException SuspectRefusesInputs(string suspect, int status, string said) =>
        Usage("UTAF1631", suspect, $"The suspect refuses the request (HTTP {status}): {said} Check the protocol and what 'request' says of the inputs: encoding, shape, scale, names.");

    /// <summary>413.</summary>
    public static UtafException BatchTooLarge(string suspect, int inputs, int bytes) =>
        Usage("UTAF1632", suspect, $"A request of {inputs} input(s), {bytes} bytes, is too large for the suspect (HTTP 413). Lower limits.batchSize.");

    /// <summary>A redirect that is not followed: the inputs and the credentials are meant for one host.</summary>
    public static UtafException RedirectedElsewhere(string suspect, string from, string to) =>
        Usage("UTAF1633", suspect, $"{from} redirects to {to}. Inputs and credentials are sent nowhere else, and never by another method: if that address is the suspect's too, give it as url.");

    /// <summary>The query budget is below N.</summary>
    public static UtafException QueryBudgetTooSmall(string suspect, int budget, int inputs) =>
        Usage("UTAF1634", suspect, $"The query budget is {budget}, but the fingerprint has {inputs} inputs, and each must be sent at least once. Nothing was sent. Set limits.queryBudget to {inputs} or more; some room for repeats is wise.");

    /// <summary>A secret's value cannot stand in an HTTP header.</summary>
    public static UtafException UnsendableSecret(string suspect, string setting, string variable) =>
        Usage("UTAF1635", suspect, $"The value of the environment variable {variable} ({setting}) cannot be sent in a header: expected printable ASCII on one line, and a header that a request may have. Check the setting and how the variable is set.");

    /// <summary>The client certificate cannot be used.</summary>
    public static UtafException BadClientCertificate(string suspect, string path, string detail, Exception? inner = null) =>
        Usage("UTAF1636", suspect, $"The client certificate {path} cannot be used: {detail} Expected a PFX file, or a PEM file with the certificate and its key; the password is read from authentication.certificatePassword.", inner);

    /// <summary>A transcript that is to be continued is not as it was written.</summary>
    public static UtafException DamagedTranscript(string path, int line) =>
        Usage("UTAF1637", $"{path}({line})", "The transcript of an interrupted verification was changed or damaged, so the queries already sent cannot be counted. Move its folder away to start anew.");

    /// <summary>Two verifications at once with one evidence folder.</summary>
    public static UtafException TranscriptInUse(string path, Exception inner) =>
        Environment("UTAF1638", path, "The transcript cannot be opened: another verification of this suspect is writing it, or it may not be written. Wait for the other, or choose another evidence folder.", inner);

    /// <summary>Another program listens on the port.</summary>
    public static UtafException PortInUse(string host, int port) =>
        Environment("UTAF1801", "utaf", $"Port {port} of {host} is in use by another program. Choose another with --port, or a free one with --port 0.");

    /// <summary>The system does not let this user listen on the port.</summary>
    public static UtafException PortNotPermitted(string host, int port) =>
        Environment("UTAF1802", "utaf", $"This user may not listen on port {port} of {host}. Choose one above 1023 with --port, or a free one with --port 0.");

    /// <summary>The host is no address of this machine.</summary>
    public static UtafException BadHost(string host) =>
        Usage("UTAF1803", "utaf", $"--host is '{host}', expected an IP address of this machine, localhost, or * for all of its addresses.");

    /// <summary>A key stands where anybody can read it.</summary>
    public static UtafException ApiKeyOnCommandLine() =>
        Usage("UTAF1804", "utaf", "--api-key is not of the form env:NAME. A key on the command line can be read by every user of the machine: put it into an environment variable, and give its name.");

    /// <summary>Two models of one server have one name.</summary>
    public static UtafException SameModelName(string name, IEnumerable<string> paths) =>
        Usage("UTAF1805", "utaf", $"Two models would be named '{name}': {string.Join(", ", paths)}. Rename a file, or serve them from two servers with --name.");

    /// <summary>torch's native library does not load.</summary>
    public static UtafException NativeLibrary(string detail, Exception? inner = null) =>
        Environment("UTAF2001", "utaf", $"torch's native library does not load: {detail} See: dotnet utaf doctor.", inner);

    /// <summary>The asked device is not there.</summary>
    public static UtafException NoDevice(string device, string found) =>
        Environment("UTAF2002", "utaf", $"The device '{device}' is not available; found {found}. Use --device cpu, or a build with -p:UtafTorchBackend=cuda on a machine with a GPU.");

    /// <summary>The machine ran out of memory.</summary>
    public static UtafException OutOfMemory(string stage, Exception inner) =>
        Environment("UTAF2003", "utaf", $"There is not enough memory ({stage}). Choose a smaller profile or batch.", inner);

    /// <summary>The sample is not where the tool expects it.</summary>
    public static UtafException SampleMissing(string path) =>
        Environment("UTAF2004", path, "The sample's files are missing. Run the demo from the repository, or reinstall the tool.");

    /// <summary>An error that nobody foresaw.</summary>
    public static UtafException Unforeseen(Exception inner) =>
        Environment("UTAF9999", "utaf", $"This should not have happened: {inner.GetType().Name}: {inner.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Please report it with what '--verbosity diagnostic' adds and the output of: dotnet utaf doctor.", inner);

    private static UtafException Usage(string code, string origin, string message, Exception? inner = null) =>
        new(new Diagnostic(code, ExitCode.Usage, message, origin), inner);

    private static UtafException Environment(string code, string origin, string message, Exception? inner = null) =>
        new(new Diagnostic(code, ExitCode.Environment, message, origin), inner);

    private static UtafException Inconclusive(string code, string origin, string message, Exception? inner = null) =>
        new(new Diagnostic(code, ExitCode.Inconclusive, message, origin), inner);
}
